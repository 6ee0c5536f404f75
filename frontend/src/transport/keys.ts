/** What a key does to the transport. */

export type KeyAction = 'toggle' | 'back' | 'on' | 'start' | 'end';

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  ' ': 'toggle',
  ArrowLeft: 'back',
  ArrowRight: 'on',
  Home: 'start',
  End: 'end',
};

/** Null where the key is meant for what has the focus: a field that is typed in, a slider, a menu, a button. */
export function keyAction(event: KeyboardEvent): KeyAction | null {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  const action = ACTIONS[event.key] ?? null;
  if (action === null || !(event.target instanceof Element)) return action;
  return taken(event.target, action) ? null : action;
}

function taken(target: Element, action: KeyAction): boolean {
  if (target.closest('[data-transport-keys]')) return false; // the timeline: its arrows are ours
  if (target.closest('textarea, select, [contenteditable]')) return true;
  const input = target.closest('input');
  if (input) {
    // A slider has no use for the space bar, a check box none for the arrows.
    return input.type === 'range' ? action !== 'toggle' : input.type === 'checkbox' ? action === 'toggle' : true;
  }
  return action === 'toggle' && target.closest('button, summary, a[href]') !== null;
}
