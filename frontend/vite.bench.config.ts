import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { patchPlotly } from './patch-plotly.ts'

// Builds only the bench page: `vite build --config vite.bench.config.ts --outDir DIR`, as benchmarks/frame_time.py does.
export default defineConfig({
  plugins: [svelte(), patchPlotly()],
  base: './',
  build: { rollupOptions: { input: 'bench.html' }, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000, target: 'es2022' },
})
