import { fileURLToPath } from 'node:url';
import { packagesOf } from '@facet/cli/internal/build/packages.ts';
import { defineConfig, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Modules of the page, and of its workers, which are bundled one by one before it. */
const modules = new Set<string>();

/** Writes which packages the page is made of beside it: bundles tell it with their own (packages/cli/build/). */
const tellPackages: Plugin = {
  name: 'tell-packages',
  generateBundle() {
    for (const id of this.getModuleIds()) modules.add(id);
    const source = `${JSON.stringify(packagesOf(ROOT, modules), null, 2)}\n`;
    this.emitFile({ type: 'asset', fileName: 'packages.json', source });
  },
};
const noteModules: Plugin = {
  name: 'note-modules',
  generateBundle() {
    for (const id of this.getModuleIds()) modules.add(id);
  },
};

/** One page for every client: it asks its own server which client it is for. Addresses are relative, for any prefix. */
export default defineConfig({
  root: fileURLToPath(new URL('page', import.meta.url)),
  base: './',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    assetsDir: 'sandbox/assets',
    // The editor is large however it is cut; it is loaded once, from the same machine.
    chunkSizeWarningLimit: 10_000,
    reportCompressedSize: false,
    rollupOptions: { onwarn: () => {} },
  },
  plugins: [tellPackages],
  worker: { format: 'es', plugins: () => [noteModules] },
  logLevel: 'warn',
});
