import { writeFileSync } from 'node:fs';
import type { Fault } from './faults.ts';

/** What a screen answered while services were ill. */
export interface Outcome {
  readonly client: string;
  readonly screen: string;
  readonly ill: readonly string[];
  readonly fault: Fault;
  readonly errors: readonly { readonly path: string; readonly code: string }[];
  /** Whether the answer was the one of healthy services. */
  readonly isSame: boolean;
}

export interface ReliabilityReport {
  note(outcome: Outcome): void;
  /** Writes the table, where all cases were noted; a run of some of the tests leaves the file as it is. */
  write(): void;
}

const INTRODUCTION = `# What a fault does to a screen

Written by \`shared/server/fault-matrix.test.ts\`: every fault is injected by a proxy between a BFF and each reference service
in turn, and the main ones into two services and into all at once, while every screen is asked for. The circuit breaker and the
cache are off, so that each fault is met by every screen. The test also asserts what the table does not show: each
answer is valid and in time, parts that healthy services gave are as ever, no call, socket, timer or promise is left
afterwards, and the next answer of a healed service is whole.

A cell tells the parts that are null, with their code; \`*\` stands for any item of a list. "same" is the answer of healthy
services, "other rows" one that shows the rows that came, without an error.
`;

export function createReliabilityReport(file: string, faults: readonly Fault[], cases: number): ReliabilityReport {
  const outcomes: Outcome[] = [];
  return {
    note: (outcome) => void outcomes.push(outcome),
    write() {
      const noted = new Set(outcomes.map(({ client, ill, fault }) => `${client} ${ill} ${fault.name}`));
      if (noted.size < cases) return;
      const tables = [...Map.groupBy(outcomes, ({ client }) => client)].map(([client, ofClient]) =>
        tableOf(client, ofClient, faults),
      );
      writeFileSync(file, [INTRODUCTION, ...tables].join('\n'));
    },
  };
}

function tableOf(client: string, outcomes: readonly Outcome[], faults: readonly Fault[]): string {
  const screens = [...new Set(outcomes.map(({ screen }) => screen))];
  const byRow = Map.groupBy(outcomes, ({ fault, ill }) => `${fault.name} | ${ill.join(', ')}`);
  const order = new Map(faults.map(({ name }, index) => [name, index]));
  const rows = [...byRow].toSorted(([, [a]], [, [b]]) => place(order, a) - place(order, b));
  const lines = rows.map(([row, ofRow]) => {
    const cells = screens.map((screen) => cellOf(ofRow.find((outcome) => outcome.screen === screen)));
    return `| ${row} | ${cells.join(' | ')} |`;
  });
  return [
    `## ${client}\n`,
    `| fault | service | ${screens.join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(screens.length)}`,
    ...lines,
    '',
  ].join('\n');
}

function place(order: ReadonlyMap<string, number>, outcome: Outcome | undefined): number {
  return order.get(outcome?.fault.name ?? '') ?? 0;
}

function cellOf(outcome: Outcome | undefined): string {
  if (!outcome) return '';
  const { errors, isSame } = outcome;
  if (errors.length === 0) return isSame ? 'same' : 'other rows';
  const parts = new Set(errors.map(({ path, code }) => `\`${path.replaceAll(/\.\d+/g, '.*')}\` ${code}`));
  return [...parts].toSorted().join('<br>');
}
