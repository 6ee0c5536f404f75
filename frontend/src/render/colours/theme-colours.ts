/**
 * Colours of the drawings, read from the page's CSS custom properties so that light and dark come from one place.
 *
 * The runs' colours are --run-0 .. --run-7; what is not set falls back to the values here.
 */

export interface Theme {
  readonly dark: boolean;
  /** Eight, one a run, told apart by people with colour vision deficiencies and on every colour of the map. */
  readonly runs: readonly string[];
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly panel: string;
  /** What Plotly writes its axes with. */
  readonly font: string;
  /** The gradient's arrow: uphill. */
  readonly gradient: string;
  /** The momentum's arrow. */
  readonly momentum: string;
  /** The update's arrow. */
  readonly update: string;
  /** The direction of negative curvature at a saddle. */
  readonly downhill: string;
  readonly warning: string;
  /** Low to high, equally spaced; pale in light, deep in dark, so that the runs' colours stay readable on all of it. */
  readonly heights: readonly string[];
  readonly contour: string;
  /** How much thicker lines and larger points are than usual: 1, and more in presenter mode. */
  readonly weight: number;
  /** The same of the letters. */
  readonly letters: number;
}

// Those of style/tokens.css, where it says how they were found.
export const RUNS_LIGHT = ['#0068b5', '#c44e00', '#09504f', '#890182', '#855d79', '#5d4401', '#018aae', '#281820'] as const;
export const RUNS_DARK = ['#5db4f5', '#ff9447', '#add8a6', '#fd576f', '#ae8aaf', '#f2e301', '#19e7fc', '#ecfffe'] as const;

const HEIGHTS_LIGHT = ['#fbfcfd', '#eff3f7', '#e2e9f0', '#d3dee8', '#c3d1de', '#b2c3d3'] as const;
const HEIGHTS_DARK = ['#10151b', '#151d26', '#1b2631', '#22303d', '#293a49', '#314556'] as const;

/** The theme that is on the page now. */
export function readTheme(element: Element = document.documentElement): Theme {
  const style = getComputedStyle(element);
  const dark = isDark();
  const token = (name: string, light: string, deep: string): string =>
    style.getPropertyValue(name).trim() || (dark ? deep : light);
  const runs = dark ? RUNS_DARK : RUNS_LIGHT;
  return {
    dark,
    runs: runs.map((colour, n) => token(`--run-${n}`, colour, colour)),
    text: token('--text', '#1c2127', '#e6eaee'),
    muted: token('--muted', '#5a6570', '#9aa6b2'),
    grid: token('--chart-grid', '#e6eaee', '#242c34'),
    panel: token('--panel', '#ffffff', '#14191f'),
    font: style.fontFamily || 'sans-serif',
    gradient: token('--gradient', '#b3261e', '#ff8a80'),
    momentum: token('--momentum', '#5b3df0', '#b3a4ff'),
    update: token('--update', '#14181c', '#ffffff'),
    downhill: token('--downhill', '#d10f7e', '#ff5cb8'),
    warning: token('--danger', '#b3261e', '#ff8a80'),
    heights: dark ? HEIGHTS_DARK : HEIGHTS_LIGHT,
    weight: Number(token('--weight', '1', '1')) || 1,
    letters: Number(token('--letters', '1', '1')) || 1,
    contour: dark ? 'rgba(255,255,255,0.10)' : 'rgba(30,60,90,0.14)',
  };
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen === 'dark' || chosen === 'light') return chosen === 'dark';
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Calls back after each change of theme, by the page's switch or by the system's. Returns the way to stop. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    system.removeEventListener('change', changed);
  };
}

/** Plotly's form of a sequential scale. */
export function colourscale(heights: readonly string[]): [number, string][] {
  return heights.map((colour, n) => [n / (heights.length - 1), colour]);
}
