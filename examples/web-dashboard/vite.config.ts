import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const { PORT = '5001', BFF_URL = 'http://localhost:4002' } = process.env;
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('page'),
  cacheDir: at('node_modules/.vite'),
  // In a repository of its own it would be a dependency.
  resolve: { alias: { '@facet/web-client': at('../../bffs/web/client/screens.generated.js') } },
  build: { outDir: at('dist'), emptyOutDir: true, target: 'es2024', reportCompressedSize: false },
  server: {
    port: Number(PORT),
    strictPort: true,
    // The page and its BFF are one origin, as they are behind a gateway: nothing is preflighted, nothing has to be allowed.
    proxy: { '/graphql': BFF_URL },
    fs: { allow: [at('../..')] },
  },
  preview: { port: Number(PORT) },
  clearScreen: false,
});
