import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The documentation: every Markdown file but those of benchmarks, which link among themselves. */
const PAGES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((path) => existsSync(ROOT + path));

const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '``');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): string[] {
  return Array.from(read(path).matchAll(/^#+ (.*)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The links of a page to files of the project, as paths from the root. */
function linksOf(page: string): { readonly link: string; readonly path: string; readonly anchor: string }[] {
  return Array.from(withoutCode(read(page)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g), ([, link = '']) => {
    const [file = '', anchor = ''] = link.split('#');
    return { link, path: file === '' ? page : normalize(join(dirname(page), file)), anchor };
  });
}

describe('the documentation', () => {
  test.each(PAGES)('%s links to files and headings that exist', (page) => {
    const broken = linksOf(page).filter(
      ({ path, anchor }) => !existsSync(ROOT + path) || (anchor !== '' && !anchorsOf(path).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  test('docs/README.md lists every page', () => {
    const listed = new Set(['docs/README.md', 'docs/decisions/README.md'].flatMap(linksOf).map(({ path }) => path));
    const pages = PAGES.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
    expect(pages.length).toBeGreaterThan(40);
    expect(pages.filter((path) => !listed.has(path))).toEqual([]);
  });

  test('names files of the project that exist', () => {
    const named = PAGES.filter((path) => /^(docs|README)/.test(path)).flatMap((page) =>
      Array.from(read(page).matchAll(/`((?:packages|deploy|bench|examples|docs)\/[\w./-]+)`/g), ([, path = '']) => ({
        page,
        path,
      })),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ path }) => !existsSync(ROOT + path))).toEqual([]);
  });

  test('is short: the README in 150 lines, and no page in more than 420', () => {
    const lines = (path: string) => read(path).split('\n').length - 1;
    expect(lines('README.md')).toBeLessThanOrEqual(150);
    const written = PAGES.filter((path) => path.startsWith('docs/') && !path.startsWith('docs/reference/'));
    expect(written.filter((path) => lines(path) > 420)).toEqual([]);
  });

  test('has no path of a page outside of the project', () => {
    const outside = PAGES.flatMap((page) => linksOf(page).map(({ path }) => relative('.', path)));
    expect(outside.filter((path) => path.startsWith('..'))).toEqual([]);
  });
});
