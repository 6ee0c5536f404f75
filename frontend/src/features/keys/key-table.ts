/** Every key of the page, in one table for both the key handler and the help dialog. */
import type { PlainKey } from '../../ui/i18n/i18n.svelte';

export const ACTIONS = [
  'toggle', 'back', 'on', 'back10', 'on10', 'start', 'end',
  'slower', 'faster', 'fork', 'select',
  'undo', 'redo', 'present', 'sound', 'theme', 'language', 'help', 'leave',
] as const;
export type KeyAction = (typeof ACTIONS)[number];

export interface Binding {
  /** `KeyboardEvent.key`, letters in lower case. With several keys, the action gets the index of the one pressed. */
  readonly keys: readonly string[];
  readonly shift?: boolean;
  /** With Ctrl, on a Mac with Command. */
  readonly ctrl?: boolean;
  /** The labels on the keys; the help dialog has a name for the space bar, which has none. */
  readonly shown: readonly string[];
  /** Shown between the labels: `/` for either of two, `–` for a range. Omitted for keys that are pressed together. */
  readonly between?: '/' | '–';
  readonly action: KeyAction;
  readonly words: PlainKey;
}

export interface Group {
  readonly words: PlainKey;
  readonly bindings: readonly Binding[];
}

export const KEYS: readonly Group[] = [
  {
    words: 'transport',
    bindings: [
      { keys: [' '], shown: [' '], action: 'toggle', words: 'keys.toggle' },
      { keys: ['ArrowLeft'], shown: ['←'], action: 'back', words: 'transport.back' },
      { keys: ['ArrowRight'], shown: ['→'], action: 'on', words: 'transport.on' },
      { keys: ['ArrowLeft'], shift: true, shown: ['Shift', '←'], action: 'back10', words: 'keys.back10' },
      { keys: ['ArrowRight'], shift: true, shown: ['Shift', '→'], action: 'on10', words: 'keys.on10' },
      { keys: ['Home'], shown: ['Home'], action: 'start', words: 'transport.start' },
      { keys: ['End'], shown: ['End'], action: 'end', words: 'transport.end' },
    ],
  },
  {
    words: 'runs',
    bindings: [
      { keys: ['['], shown: ['['], action: 'slower', words: 'keys.slower' },
      { keys: [']'], shown: [']'], action: 'faster', words: 'keys.faster' },
      { keys: ['f'], shown: ['F'], action: 'fork', words: 'fork.here' },
      {
        keys: ['1', '2', '3', '4', '5', '6', '7', '8'], shown: ['1', '8'], between: '–', action: 'select',
        words: 'keys.select',
      },
    ],
  },
  {
    words: 'keys.page',
    bindings: [
      { keys: ['z'], ctrl: true, shown: ['Ctrl', 'Z'], action: 'undo', words: 'undo' },
      { keys: ['y'], ctrl: true, shown: ['Ctrl', 'Y'], action: 'redo', words: 'redo' },
      { keys: ['z'], ctrl: true, shift: true, shown: ['Ctrl', 'Shift', 'Z'], action: 'redo', words: 'redo' },
      { keys: ['p'], shown: ['P'], action: 'present', words: 'present' },
      { keys: ['s'], shown: ['S'], action: 'sound', words: 'sound' },
      { keys: ['t'], shown: ['T'], action: 'theme', words: 'keys.theme' },
      { keys: ['l'], shown: ['L'], action: 'language', words: 'keys.language' },
      { keys: ['?'], shown: ['?'], action: 'help', words: 'help' },
      { keys: ['Escape'], shown: ['Esc'], action: 'leave', words: 'keys.leave' },
    ],
  },
];

const ALL = KEYS.flatMap((group) => group.bindings);

export interface Pressed {
  readonly action: KeyAction;
  /** Which of the binding's keys, from 0. */
  readonly which: number;
}

/**
 * The action of a key; null where the key is for the focused element (a field, a slider, a menu, a button) or for the
 * browser. characters: whether keys that write a character are bound; the space bar always is.
 */
export function keyPressed(event: KeyboardEvent, characters = true): Pressed | null {
  // On some keyboards brackets need AltGr, which the browser also reports as Ctrl and Alt.
  const altGraph = event.getModifierState('AltGraph');
  const plain = !event.metaKey && ((!event.altKey && !event.ctrlKey) || altGraph);
  const ctrl = (event.ctrlKey || event.metaKey) && !event.altKey && !altGraph;
  if (event.defaultPrevented || event.isComposing || !(plain || ctrl)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (ctrl) {
    const binding = ALL.find((one) => one.ctrl && one.keys.includes(key) && (one.shift ?? false) === event.shiftKey);
    return binding && !(event.target instanceof Element && hasText(event.target)) ? { action: binding.action, which: 0 } : null;
  }
  const written = key.length === 1 && key !== ' ';
  if (written && !characters) return null;
  // A keyboard may need Shift for a character, so Shift counts for letters only: Shift+P is not P.
  const shift = event.shiftKey && (!written || /[a-z]/.test(key));
  const binding = ALL.find((one) => !one.ctrl && one.keys.includes(key) && (one.shift ?? false) === shift);
  if (!binding) return null;
  if (event.target instanceof Element && taken(event.target, key)) return null;
  return { action: binding.action, which: binding.keys.indexOf(key) };
}

/** A field with text, whose own undo the browser does. */
function hasText(target: Element): boolean {
  const input = target.closest('input');
  return target.closest('textarea, [contenteditable]') !== null || (input !== null && !/^(range|checkbox|radio|button|file)$/.test(input.type));
}

function taken(target: Element, key: string): boolean {
  if (key === 'Escape') return false;
  if (target.closest('[data-transport-keys]')) return false; // on the timeline, arrows step
  if (target.closest('textarea, select, [contenteditable], [role="menu"]')) return true;
  const moves = key.startsWith('Arrow') || key === 'Home' || key === 'End';
  const input = target.closest('input');
  if (input) {
    // A slider does not use the space bar or letters; a check box does not use the arrows.
    if (input.type === 'range') return moves;
    if (input.type === 'checkbox') return key === ' ';
    if (input.type === 'radio') return moves || key === ' ';
    return true;
  }
  return key === ' ' && target.closest('button, summary, a[href]') !== null;
}
