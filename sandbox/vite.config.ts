import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

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
  worker: { format: 'es' },
  logLevel: 'warn',
});
