import { InputError } from '@facet/server/internal/command/input-error.ts';

/**
 * A text with new lines in a region of it, which is between two lines that say
 *
 *     generated from bffs/ (npm run generate): NAME
 *     end of NAME
 *
 * in a comment of the file's format. `path` is the file, for errors. Throws an InputError where it has no such region.
 */
export function withRegion(text: string, name: string, content: string, path: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.includes(`${BEGIN}: ${name}`));
  const last = lines.findIndex((line, index) => index > first && line.includes(`end of ${name}`));
  if (first === -1 || last === -1) {
    throw new InputError(
      `${path} has no lines "${BEGIN}: ${name}" and "end of ${name}". Put them back around what they held.`,
    );
  }
  return [...lines.slice(0, first + 1), ...content.split('\n'), ...lines.slice(last)].join('\n');
}

/** Whether a text has a region of this name. */
export const hasRegion = (text: string, name: string): boolean => text.includes(`${BEGIN}: ${name}`);

const BEGIN = 'generated from bffs/ (npm run generate)';
