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
  /** Of what swings to and fro. */
  readonly swing: string;
  /** What is the user's own, and what is right. */
  readonly accent: string;
  readonly good: string;
  /**
   * Low to high, equally spaced: from blue to sand, so that up and down differ in hue, and steadily in lightness for every
   * kind of colour vision. Pale in light, deep in dark, so that the runs' colours stay readable on all of it.
   */
  readonly heights: readonly string[];
  /** The same in 3-D: farther apart, because light and shade lie on them, and told from the panel at both ends. */
  readonly relief: readonly string[];
  readonly contour: string;
  /** Behind a number on a contour line. */
  readonly labelGround: string;
  /** Factor on line widths and marker sizes: 1, and more in presenter mode. */
  readonly strokeScale: number;
  /** Factor on font sizes. */
  readonly fontScale: number;
}

export const HEIGHTS_LIGHT = ['#eaf5fd', '#dbebf6', '#e3e6de', '#eae0c8', '#e8d3aa', '#e1c288'] as const;
export const HEIGHTS_DARK = ['#07131f', '#0f2030', '#20272c', '#332c24', '#463620', '#5a431d'] as const;
export const RELIEF_LIGHT = ['#e2f0fa', '#cfe3f0', '#d0d8cd', '#d3c7a3', '#c8ae79', '#b49255'] as const;
export const RELIEF_DARK = ['#1b3046', '#243d52', '#38494c', '#545341', '#6d5f3d', '#8b7040'] as const;

/** The theme of the page now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const dark = document.documentElement.dataset['theme'] === 'dark';
  // On a projector the page's letters grow with its width, and those of the plots with them.
  const grown = Math.max(1, Number.parseFloat(style.fontSize) / Number.parseFloat(token('at-size')) || 1);
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
    swing: token('swing'),
    accent: token('accent'),
    good: token('good'),
    heights: dark ? HEIGHTS_DARK : HEIGHTS_LIGHT,
    relief: dark ? RELIEF_DARK : RELIEF_LIGHT,
    strokeScale: (Number(token('weight')) || 1) * grown,
    fontScale: (Number(token('letters')) || 1) * grown,
    labelGround: dark ? 'rgba(20,25,31,0.55)' : 'rgba(255,255,255,0.55)',
    contour: dark ? 'rgba(255,255,255,0.15)' : 'rgba(40,50,60,0.2)',
  };
}

export function runColour(theme: Theme, run: number): string {
  return theme.runs[run % theme.runs.length] as string;
}

/** Calls back after each change of theme, display mode, the runs' marks or the size of the page's letters. Returns a function that stops it. */
export function watchTheme(changed: (theme: Theme) => void): () => void {
  const root = document.documentElement;
  const observer = new MutationObserver(() => changed(readTheme()));
  observer.observe(root, { attributes: true, attributeFilter: ['data-theme', 'data-marks', 'class'] });
  let size = getComputedStyle(root).fontSize;
  const resized = (): void => {
    const now = getComputedStyle(root).fontSize;
    if (now === size) return;
    size = now;
    changed(readTheme());
  };
  addEventListener('resize', resized);
  return () => {
    observer.disconnect();
    removeEventListener('resize', resized);
  };
}
