import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const { PORT = '5002', BFF_URL = 'http://localhost:4001' } = process.env;
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at('page'),
  cacheDir: at('node_modules/.vite'),
  // In a separate repository, the client package would be a dependency.
  resolve: { alias: { '@facet/mobile-client': at('../../bffs/mobile/client/screens.generated.js') } },
  build: { outDir: at('dist'), emptyOutDir: true, target: 'es2024', reportCompressedSize: false },
  server: {
    port: Number(PORT),
    strictPort: true,
    // The page and its BFF share an origin, like behind a gateway, so no CORS configuration is needed.
    proxy: { '/graphql': BFF_URL },
    fs: { allow: [at('../..')] },
  },
  preview: { port: Number(PORT) },
  clearScreen: false,
});
