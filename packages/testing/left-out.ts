import { relative } from 'node:path';
import { packageIn } from './debian-packages.ts';

/** As much as is looked at of what Jest tells a reporter when all tests are over. */
export interface Results {
  readonly testResults: readonly {
    readonly testFilePath: string;
    readonly testResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

/** A Jest reporter that says at the very end which suites were left out for want of a program, and how to get it. */
export default class LeftOutReporter {
  onRunComplete(_contexts: unknown, results: Results): void {
    const said = leftOut(results, process.cwd());
    // Jest's own summary comes after every reporter, and failed tests are told in it once more.
    process.once('exit', () => process.stderr.write(said));
  }
}

/** A line for each suite that was left out, and the command that installs what all of them lack; empty where none was. */
export function leftOut({ testResults }: Results, root: string): string {
  const lines: string[] = [];
  const packages = new Set<string>();
  for (const { testFilePath, testResults: tests } of testResults) {
    for (const { title } of tests.filter(({ status }) => status === 'todo')) {
      lines.push(`  ${relative(root, testFilePath)}: ${title}`);
      const debianPackage = packageIn(title);
      if (debianPackage !== undefined) packages.add(debianPackage);
    }
  }
  if (lines.length === 0) return '';
  const command = packages.size === 0 ? '' : `To run them: apt-get install ${[...packages].sort().join(' ')}\n`;
  return `\nLeft out:\n${lines.sort().join('\n')}\n${command}`;
}
