/** Which mark, a colour and a shape, each run has: its own as long as it is there, whatever its number becomes. */

let marks = $state.raw<readonly number[]>([]);

/** The mark of a run, by its number. */
export function markOf(run: number): number {
  return marks[run] ?? run;
}

/** Gives the runs their marks. The page's colours `--run-0`, `--run-1` … and plots that are drawn follow. */
export function showMarks(now: readonly number[]): void {
  marks = now;
  const { style, dataset } = document.documentElement;
  for (let run = 0; run < 8; run += 1) {
    const mark = now[run] ?? run;
    if (mark === run) style.removeProperty(`--run-${run}`);
    else style.setProperty(`--run-${run}`, `var(--mark-${mark})`);
  }
  dataset['marks'] = now.join(' '); // `watchTheme` follows it
}
