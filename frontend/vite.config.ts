import type { ClientRequest, IncomingMessage } from 'node:http';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { ProxyOptions } from 'vite';
import { defineConfig } from 'vitest/config';
import { katexInStrictPage } from './katex-in-strict-page.ts';
import { plotlyInStrictPage } from './plotly-in-strict-page.ts';
import { smallerForms } from './smaller-forms.ts';

// The server that `npm run dev` passes /api on to: `steepest serve` in another terminal.
const server = process.env['STEEPEST_DEV_SERVER'] ?? 'http://127.0.0.1:8000';

/** The server lets its own page in alone: this one's requests go on as that page's, and other sites' as they are. */
const underTheServersName: NonNullable<ProxyOptions['configure']> = (proxy) => {
  const pass = (onward: ClientRequest, request: IncomingMessage): void => {
    const origin = request.headers.origin;
    const own = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(origin ?? '');
    if (own && origin === `http://${request.headers.host}`) onward.setHeader('origin', server);
  };
  proxy.on('proxyReq', pass);
  proxy.on('proxyReqWs', pass);
};

export default defineConfig({
  plugins: [svelte(), plotlyInStrictPage(), katexInStrictPage(), smallerForms()],
  // Relative addresses: the page works below any path of a reverse proxy.
  base: './',
  build: {
    // Into the Python package, where the server looks for it, in a checkout and in a wheel alike.
    outDir: '../backend/steepest/page',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // Nothing as a data: address: the Content-Security-Policy allows scripts, styles and fonts from the server only.
    assetsInlineLimit: 0,
    // Plotly is one large piece of its own, loaded beside the page.
    chunkSizeWarningLimit: 2000,
  },
  // Tests run what the browser runs, not Svelte's build for servers, in which effects never happen.
  ...(process.env['VITEST'] && { resolve: { conditions: ['browser'] } }),
  server: {
    proxy: {
      '/api': { target: server, ws: true, changeOrigin: true, configure: underTheServersName },
    },
  },
  test: {
    // A file that needs a document begins with `// @vitest-environment jsdom`: making one takes longer than most tests.
    environment: 'node',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    restoreMocks: true,
    pool: 'threads',
    // No test may depend on one before it. The seed is printed.
    sequence: { shuffle: true },
    testTimeout: 60_000,
  },
});
