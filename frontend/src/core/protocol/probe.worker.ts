/**
 * A worker that checks whether the server answers.
 *
 * Browsers log a page's failed fetch or WebSocket as an error in the console, but not a worker's failed fetch. So the page
 * asks here first, and opens its socket only when the server answers and has a place for it.
 */
import type { ServerState } from './probe';

addEventListener('message', (event: MessageEvent<string>) => {
  void ask(event.data).then((state) => postMessage(state));
});

async function ask(url: string): Promise<ServerState> {
  try {
    const answer = await fetch(url, { cache: 'no-store' });
    if (!answer.ok) return 'gone';
    const { full } = (await answer.json()) as { full?: unknown };
    return full === true ? 'full' : 'there';
  } catch {
    return 'gone';
  }
}
