import type { Mutant } from './instrument.ts';

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: 'killed' | 'timed out' | 'survived' | 'not reached';
  /** The suite that detected it. */
  readonly by: string;
  /** The reason in equivalents.json, if it is listed there. */
  readonly reason: string | undefined;
}

interface Run {
  readonly seed: number;
  /** Glob of the suites. */
  readonly suites: string;
  /** Glob of the files that mutants were drawn from. */
  readonly files: string;
  /** Maximum total duration of the suites per mutant, in seconds. */
  readonly budget: number;
  /** Number of mutants that could be drawn. */
  readonly of: number;
  readonly failed: readonly string[];
}

/** The report in Markdown, the share of killed mutants, and the number of unexplained survivors. */
export function report(judged: readonly Judged[], { seed, of, failed, suites, files, budget }: Run) {
  const isKilled = ({ verdict }: Judged) => verdict === 'killed' || verdict === 'timed out';
  const killed = judged.filter(isKilled).length;
  const survivors = judged.filter((one) => !isKilled(one));
  const open = survivors.filter(({ reason }) => reason === undefined);
  const areas = [...new Set(judged.map(({ mutant }) => mutant.area))].sort();
  const rows = areas.map((area) => {
    const own = judged.filter(({ mutant }) => mutant.area === area);
    const explained = own.filter((one) => !isKilled(one) && one.reason !== undefined).length;
    return [area, own.length, own.filter(isKilled).length, explained, own.filter((one) => open.includes(one)).length];
  });
  const lines = [
    '# Mutation testing',
    '',
    `\`npm run mutants -- --seed ${seed} --count ${judged.length} --budget ${budget} --files '${files}' --suites '${suites}'\` wrote this report. It drew ${judged.length} of ${of} mutants. Tests or the compiler killed ${killed} of them (${((killed * 100) / judged.length).toFixed(1)}%).`,
    '',
    table(['area', 'mutants', 'killed', 'equivalent', 'survived'], rows),
    '',
    ...section('Survivors', open),
    ...section(
      'Equivalent mutants',
      survivors.filter(({ reason }) => reason !== undefined),
    ),
    ...(failed.length === 0
      ? []
      : [
          '## Suites left out',
          '',
          'They fail in the instrumented copy without a mutant, so they judge none.',
          '',
          ...failed.map((path) => `- ${path}`),
          '',
        ]),
  ];
  return { text: lines.join('\n'), share: killed / judged.length, open: open.length };
}

function section(title: string, judged: readonly Judged[]): string[] {
  if (judged.length === 0) return [];
  const lines = judged.map(({ mutant, verdict, reason }) => {
    const change = `\`${short(mutant.original)}\` → \`${short(mutant.replacement)}\``;
    return `- ${mutant.file}:${mutant.line} ${change} (${reason ?? verdict})`;
  });
  return [`## ${title}`, '', ...lines, ''];
}

const short = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll('`', "'").slice(0, 120);

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
