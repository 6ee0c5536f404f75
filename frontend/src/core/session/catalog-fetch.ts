/** Fetches the catalog until the server answers. */
import { fetchCatalog, NotEntered } from '../experiment/catalog';
import { Backoff } from '../protocol/backoff';
import type { Probe } from '../protocol/probe';
import type { Catalog } from '../protocol/wire';

/**
 * Succeeds at once, since the server has just sent the page; retries in case the server stops at that moment. On a server
 * of a class, a browser that has entered no room is asked for a code instead.
 */
export async function untilFetched(probe: Probe): Promise<Catalog> {
  const url = new URL('api/catalog', document.baseURI).href;
  for (const backoff = new Backoff(); ; ) {
    try {
      return await fetchCatalog(url);
    } catch (error) {
      if (error instanceof NotEntered) {
        location.replace('?room=');
        return new Promise(() => {});
      }
      do await new Promise((resolve) => setTimeout(resolve, backoff.next()));
      while ((await probe.ask()) === 'gone');
    }
  }
}
