import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { Mutant } from './instrument.ts';

/** Returns a function that tells whether a mutant compiles. `npm run check:types` is one of the tests. */
export function createTypeCheck(root: string): (mutant: Mutant) => boolean {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const changed = new Map<string, { readonly text: string; readonly version: string }>();
  const service = ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    getCompilationSettings: () => options,
    getScriptFileNames: () => fileNames,
    getScriptVersion: (path) => changed.get(path)?.version ?? '0',
    getScriptSnapshot(path) {
      const text = changed.get(path)?.text ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  });
  return ({ id, file, start, end, replacement }) => {
    const path = `${root}${file}`;
    const source = readFileSync(path, 'utf8');
    changed.set(path, { text: source.slice(0, start) + replacement + source.slice(end), version: `mutant ${id}` });
    const problems = [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)];
    changed.delete(path);
    return problems.length === 0;
  };
}
