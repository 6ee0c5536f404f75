/** The colours and sizes that plots draw with, read from the page's CSS custom properties (ui/style/tokens.css). */

export interface Theme {
  readonly dark: boolean;
  /** Eight, one a run; distinct with every kind of colour vision, and on every colour of the map. */
  readonly runs: readonly string[];
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly panel: string;
  /** The page's font family. */
  readonly font: string;
  /** Of the arrows: gradient (uphill), momentum, update. */
  readonly gradient: string;
  readonly momentum: string;
  readonly update: string;
  /** The direction of negative curvature at a saddle. */
  readonly downhill: string;
  readonly warning: string;
  /** Low to high, equally spaced; pale in light, deep in dark, so that the runs' colours stay readable on all of it. */
  readonly heights: readonly string[];
  /** The same in 3-D: farther apart, because light and shade lie on them, and told from the panel at both ends. */
  readonly relief: readonly string[];
  readonly contour: string;
  /** Factor on line widths and marker sizes: 1, and more in presenter mode. */
  readonly strokeScale: number;
  /** Factor on font sizes. */
  readonly fontScale: number;
}

const HEIGHTS_LIGHT = ['#fbfcfd', '#eff3f7', '#e2e9f0', '#d3dee8', '#c3d1de', '#b2c3d3'] as const;
const HEIGHTS_DARK = ['#10151b', '#151d26', '#1b2631', '#22303d', '#293a49', '#314556'] as const;
export const RELIEF_LIGHT = ['#f4eeda', '#dfe6da', '#c3d8dc', '#a6c6da', '#8ab1d2', '#7199c5'] as const;
export const RELIEF_DARK = ['#2c2a3a', '#2d3448', '#2f4155', '#344f62', '#3d5f6f', '#4a707c'] as const;

/** The theme of the page now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const dark = document.documentElement.dataset['theme'] === 'dark';
  return {
    dark,
    runs: Array.from({ length: 8 }, (_, run) => token(`run-${run}`)),
    text: token('text'),
    muted: token('muted'),
    grid: token('chart-grid'),
    panel: token('panel'),
    font: style.fontFamily || 'sans-serif',
    gradient: token('gradient'),
    momentum: token('momentum'),
    update: token('update'),
    downhill: token('downhill'),
    warning: token('danger'),
    heights: dark ? HEIGHTS_DARK : HEIGHTS_LIGHT,
    relief: dark ? RELIEF_DARK : RELIEF_LIGHT,
    strokeScale: Number(token('weight')) || 1,
    fontScale: Number(token('letters')) || 1,
    contour: dark ? 'rgba(255,255,255,0.10)' : 'rgba(30,60,90,0.14)',
  };
}

export function runColour(theme: Theme, run: number): string {
  return theme.runs[run % theme.runs.length] as string;
}

/** Calls back after each change of theme or display mode. Returns a function that stops it. */
export function watchTheme(changed: (theme: Theme) => void): () => void {
  const observer = new MutationObserver(() => changed(readTheme()));
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
  return () => observer.disconnect();
}
