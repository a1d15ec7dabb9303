import { InputError } from '@facet/server/internal/command/input-error.ts';
import { commands } from '../../commands.ts';

/** Each command with what its --help prints. `own` is the help of the running command, whose module cannot be loaded again. */
export async function commandHelp(own: Readonly<Record<string, string>>): Promise<{ name: string; help: string }[]> {
  const found: { name: string; help: string }[] = [];
  // Modules read process.argv and print, so one at a time.
  for (const [name, [load]] of Object.entries(commands(async () => {}))) {
    if (name === 'dev') continue;
    const help = own[name] ?? (await printedBy(load));
    if (help === '') throw new InputError(`facet ${name} --help prints nothing.`);
    found.push({ name, help });
  }
  return found;
}

async function printedBy(load: () => Promise<unknown>): Promise<string> {
  const { argv } = process;
  const { write } = process.stdout;
  let printed = '';
  process.argv = [...argv.slice(0, 2), '--help'];
  process.stdout.write = (chunk: string | Uint8Array) => {
    printed += chunk;
    return true;
  };
  try {
    await load();
  } finally {
    process.argv = argv;
    process.stdout.write = write;
  }
  return printed;
}
