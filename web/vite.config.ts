import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a server: the mock's default, or TICKSTOCK_URL. */
const target = process.env.TICKSTOCK_URL ?? 'http://127.0.0.1:8090';

export default defineConfig({
  base: '/',
  plugins: [svelte()],
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
