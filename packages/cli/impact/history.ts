import { execFileSync } from 'node:child_process';
import { InputError } from '@facet/server/internal/command/input-error.ts';

/** There is no earlier version to compare with. The message says why and what to do. */
export class HistoryError extends InputError {}

/** The project's files at one commit. */
export interface Past {
  /** Name for reports, such as `main at 1a2b3c4`. */
  readonly name: string;
  /** The text of a file; undefined if it did not exist. */
  readonly read: (path: string) => string | undefined;
  /** Names of the files in a directory; empty if it did not exist. */
  readonly list: (folder: string) => string[];
}

/** Names of the main branch, in order of preference. A clone on CI often has no local branch, and forks use other names. */
const MAINS = ['main', 'origin/main', 'origin/HEAD', 'master', 'origin/master'];

/**
 * The project in `root` at the merge base of HEAD and `against` (default: the main branch). Throws HistoryError if there is no
 * git history or no such commit.
 */
export function pastOf(root: string, against?: string): Past {
  const git = (...args: string[]): string => {
    // Git hooks set these variables, which would select the wrong repository.
    const { GIT_DIR: _, GIT_INDEX_FILE: __, GIT_WORK_TREE: ___, ...env } = process.env;
    return execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const tried = (...args: string[]): string | undefined => {
    try {
      return git(...args);
    } catch {
      return undefined;
    }
  };
  try {
    git('rev-parse', '--git-dir');
  } catch (error) {
    // Git's own message tells the reason, for example a missing repository or wrong ownership.
    const { stderr, message } = Object(error);
    const [reason] = String(stderr || message).split('\n');
    throw new HistoryError(`There is no git history to compare with: ${reason}`);
  }
  const names = against === undefined ? MAINS : [against];
  const name = names.find(
    (candidate) => tried('rev-parse', '--verify', '--quiet', `${candidate}^{commit}`) !== undefined,
  );
  if (name === undefined) {
    throw new HistoryError(
      against === undefined
        ? `This clone has none of the branches ${MAINS.join(', ')}. Run git fetch origin main:main, or pass a commit with --against.`
        : `This clone has no commit "${against}".`,
    );
  }
  // Compare with the merge base: later changes on main are not part of this branch.
  const base = tried('merge-base', 'HEAD', name)?.trim() ?? name;
  const commit = git('rev-parse', '--short', `${base}^{commit}`).trim();
  return {
    name: `${name} at ${commit}`,
    read: (path) => tried('show', `${commit}:./${path}`),
    list: (folder) => tried('ls-tree', '--name-only', `${commit}:./${folder}`)?.split('\n').filter(Boolean) ?? [],
  };
}
