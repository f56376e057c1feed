import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a server: the mock's default, or TICKSTOCK_URL. */
const target = process.env.TICKSTOCK_URL ?? 'http://127.0.0.1:8090';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: '/',
  plugins: [svelte()],
  // The client library from its sources: nothing is to be built or installed first.
  resolve: {
    alias: {
      '@tickstock/client': source('../clients/js/src/index.ts'),
      '#node-websocket': source('../clients/js/src/transport/none.ts'),
    },
  },
  // The licences' own lines stay in what is built.
  esbuild: { legalComments: 'eof' },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The server sends `default-src 'self'`: nothing inline, no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/ws': { target, ws: true }, '/api': { target } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
