import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { plotlyInStrictPage } from './plotly-in-strict-page.ts'

// The bench page alone: `vite build --config vite.bench.config.ts --outDir DIR`; benchmarks/frame_time.py does it.
export default defineConfig({
  plugins: [svelte(), plotlyInStrictPage()],
  base: './',
  build: { rollupOptions: { input: 'bench.html' }, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000, target: 'es2022' },
})
