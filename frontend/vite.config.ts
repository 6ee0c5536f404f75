import type { ClientRequest, IncomingMessage } from 'node:http';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { ProxyOptions } from 'vite';
import { defineConfig } from 'vitest/config';
import { patchKatex } from './patch-katex.ts';
import { patchPlotly } from './patch-plotly.ts';
import { precompress } from './precompress.ts';

// The server that `npm run dev` passes /api on to: `steepest serve` in another terminal.
const server = process.env['STEEPEST_DEV_SERVER'] ?? 'http://127.0.0.1:8000';

/** The server accepts only its own origin: requests of the development page get that origin, those of other sites keep theirs. */
const useServerOrigin: NonNullable<ProxyOptions['configure']> = (proxy) => {
  const setOrigin = (forwarded: ClientRequest, request: IncomingMessage): void => {
    const origin = request.headers.origin;
    const own = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(origin ?? '');
    if (own && origin === `http://${request.headers.host}`) forwarded.setHeader('origin', server);
  };
  proxy.on('proxyReq', setOrigin);
  proxy.on('proxyReqWs', setOrigin);
};

export default defineConfig({
  plugins: [svelte(), patchPlotly(), patchKatex(), precompress()],
  // Relative addresses: the page works below any path of a reverse proxy.
  base: './',
  build: {
    // In the Python package, where the server finds it, both in a checkout and in a wheel.
    outDir: '../backend/steepest/page',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // No data: URLs: the Content-Security-Policy allows scripts, styles and fonts from the server only.
    assetsInlineLimit: 0,
    // Plotly is one large chunk, loaded in parallel with the page.
    chunkSizeWarningLimit: 2000,
  },
  // Tests use Svelte's browser build: in its server build no effect runs.
  ...(process.env['VITEST'] && { resolve: { conditions: ['browser'] } }),
  server: {
    proxy: {
      '/api': { target: server, ws: true, changeOrigin: true, configure: useServerOrigin },
    },
  },
  test: {
    // A file that needs a DOM begins with `// @vitest-environment jsdom`: making a DOM takes longer than most tests.
    environment: 'node',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    restoreMocks: true,
    pool: 'threads',
    // Loading modules and a DOM anew for each file would take most of the time; `setupFiles` puts back what is kept.
    isolate: false,
    setupFiles: './tests/setup.ts',
    unstubGlobals: true,
    // No test may depend on an earlier one. The seed is printed.
    sequence: { shuffle: true },
    testTimeout: 60_000,
  },
});
