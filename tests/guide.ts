/** What a block of a guide asks its reader to do. */
export type Step =
  | { readonly kind: 'write' | 'edit'; readonly path: string; readonly text: string }
  | { readonly kind: 'run'; readonly command: string; readonly exitCode: number; readonly output: Output | undefined }
  | { readonly kind: 'serve'; readonly command: string; readonly port: number };

/** What a command prints, as the guide shows it. */
export interface Output {
  readonly language: 'text' | 'json';
  readonly text: string;
  /** Where the text stands in the guide. */
  readonly at: number;
}

export interface Section {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** A fenced block, or a numbered heading that stands in none. */
const PART = /^```(?<info>.*)\n(?<text>[\s\S]*?)^```$|^###? (?<title>\d+\. .*)$/gm;

/**
 * The steps of a guide, by its numbered headings. What follows a fence's language says what is to be done with the block:
 *
 *     ```sh                          run it
 *     ```sh listens on 3004          start it, and go on when it listens; it takes the place of what listened there before
 *     ```text                        what the command above prints, and `exit 1` where it fails; a line of … stands for any
 *     ```json                        the same, as JSON, which may be laid out in another way
 *     ```ts shared/some/file.ts      write this file
 *     ```diff shared/some/file.ts    change this file
 *
 * Throws for any other block: nobody would run it.
 */
export function sectionsOf(guide: string): Section[] {
  const sections: { title: string; steps: Step[] }[] = [];
  for (const { index, 0: part, groups } of guide.matchAll(PART)) {
    const { title, info = '', text = '' } = groups ?? {};
    const steps = sections.at(-1)?.steps;
    if (title !== undefined) sections.push({ title, steps: [] });
    else if (steps) addStep(steps, info, text, index + part.indexOf('\n') + 1);
    else throw new Error(`Nobody runs what stands before the first heading:\n${text}`);
  }
  return sections;
}

function addStep(steps: Step[], info: string, text: string, at: number): void {
  const [language = '', ...rest] = info.split(' ');
  const what = rest.join(' ');
  const output = outputIn(language, text, at);
  const last = steps.at(-1);
  const exit = /^(?:exit (\d+))?$/.exec(what);
  const port = /^listens on (\d+)$/.exec(what)?.[1];
  if (language === 'sh' && what === '') {
    steps.push({ kind: 'run', command: text.trim(), exitCode: 0, output: undefined });
  } else if (language === 'sh' && port !== undefined) {
    steps.push({ kind: 'serve', command: text.trim(), port: Number(port) });
  } else if (output && exit && last?.kind === 'run' && !last.output) {
    steps[steps.length - 1] = { ...last, output, exitCode: Number(exit[1] ?? 0) };
  } else if (language !== 'sh' && /^\S+\.\w+$/.test(what)) {
    steps.push({ kind: language === 'diff' ? 'edit' : 'write', path: what, text });
  } else throw new Error(`Nobody knows what to do with the block "${info}":\n${text}`);
}

function outputIn(language: string, text: string, at: number): Output | undefined {
  return language === 'text' || language === 'json' ? { language, text, at } : undefined;
}

/** The text with the lines of a diff's "-" replaced by those of its "+"; all others lead to the place. */
export function edited(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const linesWithout = (sign: string) =>
    lines.filter((line) => !line.startsWith(sign)).map((line) => `${line.slice(1)}\n`);
  const [before, ...others] = text.split(linesWithout('+').join(''));
  const [after] = others;
  if (before === undefined || after === undefined || others.length > 1) {
    throw new Error(`${others.length} places for this change:\n${diff}`);
  }
  return `${before}${linesWithout('-').join('')}${after}`;
}

const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Whether a command printed what the guide shows. */
export function isAsShown(printed: string, { language, text }: Pick<Output, 'language' | 'text'>): boolean {
  if (language === 'json') return JSON.stringify(parsed(printed)) === JSON.stringify(parsed(text));
  const lines = text.trimEnd().split('\n');
  const pattern = lines.map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.replaceAll(SPECIAL, '\\$&')}\n`)).join('');
  return new RegExp(`^${pattern}$`).test(`${printed.trimEnd()}\n`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return `This is no JSON: ${text}`;
  }
}
