import { runCommand } from '@facet/server/internal/command/command.ts';
import { describeEnvironment, portSetting, readEnvironment } from '@facet/server/internal/command/environment.ts';
import type { Router } from 'express';
import { z } from 'zod';
import { DEFAULT_FILE, openDatabase } from '../data/database.ts';
import { serve } from './serve.ts';

/** Definition of a reference service. */
export interface Service {
  readonly name: string;
  /** Default port. */
  readonly port: number;
  /** Creates the routes. `publicUrl` is the base URL of pictures, without a trailing slash. */
  readonly routes: (db: ReturnType<typeof openDatabase>, publicUrl: string) => Router;
}

/** Runs a reference service as a command, until it is stopped. */
export async function runService({ name, port, routes }: Service): Promise<void> {
  const shape = z.object({
    PORT: portSetting(port).describe('Port to listen on; 0 for any free one.'),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'not a URL such as https://cdn.example.com' })
      .optional()
      .describe('Base URL of pictures. Default: http://localhost and the port.'),
    DATA_FILE: z.string().default(DEFAULT_FILE).describe('SQLite data file. It is generated if it is missing.'),
  });
  const command = {
    name: `npm run start:${name}`,
    purpose: `Runs the reference service ${name} until Ctrl-C or SIGTERM.`,
    settings: () => describeEnvironment(shape),
    examples: [['', `on port ${port}`]],
  } as const;
  await runCommand(command, () => {
    const settings = readEnvironment(shape, process.env);
    const publicUrl = (settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`).replace(/(?<!\/)\/+$/, '');
    serve(name, settings.PORT, routes(openDatabase(settings.DATA_FILE), publicUrl));
  });
}
