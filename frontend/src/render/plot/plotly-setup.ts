/**
 * Prepares the page for loading Plotly under `style-src 'self'; script-src 'self'`.
 *
 * Plotly adds its rules through an inline <style>, which the policy refuses, unless an element of that id has the class
 * `no-inline-styles`; the rules that the page needs are in plotly.css. One of its dependencies reads `global`, which its
 * own builds define as `window`.
 */
import './plotly.css';

const STYLE_ID = 'plotly.js-style-global';

export function preparePlotly(): void {
  if (!('global' in globalThis)) Object.assign(globalThis, { global: globalThis });
  if (document.getElementById(STYLE_ID)) return;
  const mark = document.createElement('meta');
  mark.id = STYLE_ID;
  mark.className = 'no-inline-styles';
  document.head.append(mark);
}
