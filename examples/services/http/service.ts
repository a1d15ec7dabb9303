import { runCommand } from '@facet/server/internal/command/command.ts';
import { describeEnvironment, portSetting, readEnvironment } from '@facet/server/internal/command/environment.ts';
import type { Router } from 'express';
import { z } from 'zod';
import { DEFAULT_FILE, openDatabase } from '../data/database.ts';
import { serve } from './serve.ts';

/** What a reference service is made of. */
export interface Service {
  readonly name: string;
  /** The port by default. */
  readonly port: number;
  /** The routes; `publicUrl` is where pictures are, without a slash at its end. */
  readonly routes: (db: ReturnType<typeof openDatabase>, publicUrl: string) => Router;
}

/** Runs a reference service as a command, until it is stopped. */
export async function runService({ name, port, routes }: Service): Promise<void> {
  const shape = z.object({
    PORT: portSetting(port).describe('Port to listen on; 0 for any free one.'),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'not a URL such as https://cdn.example.com' })
      .optional()
      .describe('What the addresses of pictures begin with; http://localhost and the port by default.'),
    DATA_FILE: z
      .string()
      .default(DEFAULT_FILE)
      .describe('File of the data, an SQLite database; it is generated where there is none.'),
  });
  const command = {
    name: `npm run start:${name}`,
    purpose: `Runs the ${name} reference service until it is stopped by Ctrl-C or SIGTERM.`,
    settings: () => describeEnvironment(shape),
    examples: [['', `on port ${port}`]],
  } as const;
  await runCommand(command, () => {
    const settings = readEnvironment(shape, process.env);
    const publicUrl = (settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`).replace(/(?<!\/)\/+$/, '');
    serve(name, settings.PORT, routes(openDatabase(settings.DATA_FILE), publicUrl));
  });
}
