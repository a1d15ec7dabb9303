import { fileURLToPath } from 'node:url';
import { packagesOf } from '@facet/cli/internal/build/packages.ts';
import { defineConfig, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Modules of the page and of its workers, which Vite bundles before the page. */
const modules = new Set<string>();

/** Writes packages.json, the npm packages in the page. `facet build` adds them to the SBOMs of bundles. */
const writePackages: Plugin = {
  name: 'write-packages',
  generateBundle() {
    for (const id of this.getModuleIds()) modules.add(id);
    const source = `${JSON.stringify(packagesOf(ROOT, modules), null, 2)}\n`;
    this.emitFile({ type: 'asset', fileName: 'packages.json', source });
  },
};
const collectModules: Plugin = {
  name: 'collect-modules',
  generateBundle() {
    for (const id of this.getModuleIds()) modules.add(id);
  },
};

/** One page serves all clients: it loads its configuration from its own server. URLs are relative, so any path prefix works. */
export default defineConfig({
  root: fileURLToPath(new URL('page', import.meta.url)),
  base: './',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    assetsDir: 'sandbox/assets',
    // The editor is large, but it is loaded only once and from a development server.
    chunkSizeWarningLimit: 10_000,
    reportCompressedSize: false,
    rollupOptions: { onwarn: () => {} },
  },
  plugins: [writePackages],
  worker: { format: 'es', plugins: () => [collectModules] },
  logLevel: 'warn',
});
