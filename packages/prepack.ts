/**
 * npm runs this before it packs a package of the workspace: Node does not strip types below node_modules, so a package has JavaScript and
 * declarations in dist/. The workspace itself runs the sources. `postpack.ts` restores package.json.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname } from 'node:path';
import { preProcessFile } from 'typescript';

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts: object;
  /** `types`: whether its declarations are part of its interface. */
  readonly facet?: { readonly types: boolean };
}

const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
copyFileSync('package.json', 'package.json.source');
rmSync('dist', { recursive: true, force: true });

const sources = globSync('**/*.ts', {
  exclude: ['dist/**', 'node_modules/**', 'page/**', 'fixture/**', '**/*.test.ts'],
});
for (const source of sources) {
  const output = `dist/${source.replace(/\.ts$/, '.js')}`;
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, withJavaScriptImports(stripTypeScriptTypes(readFileSync(source, 'utf8'))));
}
const types = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--rootDir', '.', '--outDir', 'dist'];
if (manifest.facet?.types) execFileSync('tsc', ['-p', 'tsconfig.pack.json', ...types], { stdio: 'inherit' });
writeFileSync('package.json', `${JSON.stringify(packed(manifest), null, 2)}\n`);

/** Relative imports of sources as imports of what is made of them. */
function withJavaScriptImports(code: string): string {
  let output = code;
  for (const { fileName, pos } of preProcessFile(code, true, true).importedFiles.toReversed()) {
    if (!fileName.startsWith('.') || !fileName.endsWith('.ts')) continue;
    const end = code.indexOf(fileName, pos) + fileName.length;
    output = `${output.slice(0, end - '.ts'.length)}.js${output.slice(end)}`;
  }
  return output;
}

/** The manifest with paths in dist/. */
function packed({ exports, bin, scripts: _, facet: __, ...rest }: Manifest): object {
  const inDist = (path: string) => path.replace(/^\.\/(?!dist\/)/, './dist/').replace(/\.ts$/, '.js');
  return {
    ...rest,
    ...(bin && { bin: mapped(bin, (path) => `./dist/${path.replace(/\.ts$/, '.js')}`) }),
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, path]) => {
        // Other packages of the workspace import sources by name.
        if (name === './internal/*') return ['./internal/*.ts', './dist/*.js'];
        const types = inDist(path).replace(/\.js$/, '.d.ts');
        return [name, path.endsWith('.ts') ? { types, default: inDist(path) } : path];
      }),
    ),
  };
}

function mapped(record: Readonly<Record<string, string>>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
