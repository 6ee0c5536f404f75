/** Lays a Brotli and a gzip form beside each built file that they make smaller; the server sends what a browser takes. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Text. Fonts are compressed already. */
const KINDS = /\.(js|css|html|svg|json|map)$/;
/** Below this many bytes, a packet is a packet. */
const LEAST = 1024;
/** Of 11: nearly as small, in a tenth of the time. */
const QUALITY = 9;

export function smallerForms(): Plugin {
  let folder = '';
  return {
    name: 'smaller-forms',
    apply: 'build',
    configResolved: (config) => void (folder = config.build.outDir),
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!KINDS.test(name)) continue;
        const path = join(folder, name);
        const plain = readFileSync(path);
        if (plain.length < LEAST) continue;
        const brotli = brotliCompressSync(plain, {
          params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
        });
        if (brotli.length < plain.length) writeFileSync(`${path}.br`, brotli);
        const gzip = gzipSync(plain, { level: 9 });
        if (gzip.length < plain.length) writeFileSync(`${path}.gz`, gzip);
      }
    },
  };
}
