/** What the page remembers from one visit to the next. A browser that forbids it, or has no room, just forgets. */

const PREFIX = 'steepest.';

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Forgotten at the end of the visit.
  }
}
