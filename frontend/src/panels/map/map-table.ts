/** The pixels of a map as CSV, with the columns of `steepest sweep`. */
import { CONVERGED, DIVERGED, type Picture } from './picture';

const END = '\r\n';

/** The header, and a row for each pixel, the second axis first. `status` is a word; infinity is `inf`. */
export function csvOf(picture: Picture): string {
  const { nx, ny, sweep } = picture;
  const rows = [[...sweep.axes.map(({ set }) => set), ...(sweep.measure === 'outcome' ? ['status', 'step', 'minimum'] : ['value'])]];
  for (let i = 0; i < nx; i += 1) {
    for (let j = 0; j < ny; j += 1) {
      const pixel = picture.at(i, j);
      if (!pixel) continue;
      const { found, values } = pixel;
      rows.push([...values.map(text), ...(typeof found === 'number' ? [text(found)] : [nameOf(found.status), text(found.step), text(found.minimum)])]);
    }
  }
  return rows.map((row) => row.join(',') + END).join('');
}

function text(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}

function nameOf(status: number): string {
  return status === DIVERGED ? 'diverged' : status === CONVERGED ? 'converged' : 'running';
}
