import { execFileSync } from 'node:child_process';
import { InputError } from '@facet/server/internal/command/input-error.ts';

/** Why there is nothing to compare with, and what to do about it. */
export class HistoryError extends InputError {}

/** The project's files as they were at one commit. */
export interface Past {
  /** What it is called, for people. */
  readonly name: string;
  /** The text of a file; undefined where there was none. */
  readonly read: (path: string) => string | undefined;
  /** Names of the files in a folder; none where there was no such folder. */
  readonly list: (folder: string) => string[];
}

/** Where main is, as clones have it: CI often has no branch of its own, and a fork may call it otherwise. */
const MAINS = ['main', 'origin/main', 'origin/HEAD', 'master', 'origin/master'];

/**
 * The project in `root` as it was where this branch left `against`, by default git's main. Throws HistoryError where there is
 * no history, or no such commit in it.
 */
export function pastOf(root: string, against?: string): Past {
  const git = (...args: string[]): string => {
    // A hook or another git that runs this would have it look at the wrong repository.
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
    // Git itself says best why: no repository, one that belongs to somebody else, no git.
    const { stderr, message } = Object(error);
    const [reason] = String(stderr || message).split('\n');
    throw new HistoryError(`There is no git history here to compare with: ${reason}`);
  }
  const names = against === undefined ? MAINS : [against];
  const name = names.find(
    (candidate) => tried('rev-parse', '--verify', '--quiet', `${candidate}^{commit}`) !== undefined,
  );
  if (name === undefined) {
    throw new HistoryError(
      against === undefined
        ? `There is none of ${MAINS.join(', ')} in this clone: git fetch origin main:main, or name a commit by --against.`
        : `There is no commit "${against}" in this clone.`,
    );
  }
  // What main has gained since is not for this branch to answer for.
  const base = tried('merge-base', 'HEAD', name)?.trim() ?? name;
  const commit = git('rev-parse', '--short', `${base}^{commit}`).trim();
  return {
    name: `${name} at ${commit}`,
    read: (path) => tried('show', `${commit}:./${path}`),
    list: (folder) => tried('ls-tree', '--name-only', `${commit}:./${folder}`)?.split('\n').filter(Boolean) ?? [],
  };
}
