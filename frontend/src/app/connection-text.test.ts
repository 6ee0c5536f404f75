import { describe, expect, it } from 'vitest';

import type { Session } from '../core/session/types';
import { connectionText } from './connection-text';

const said = (session: Partial<Session>): string => connectionText(session as Session);

describe('what the page says about its connection', () => {
  it('names the limit that was reached, such as that of an address', () => {
    const message = 'your address has 256 experiments open, which is this server’s limit for one address';
    const fault = { code: 'busy', message, field: '', column: null };
    expect(said({ connection: 'full', place: 0, fault })).toBe(`Full: ${message}. Trying again`);
  });

  it('says that the server is full where there is nothing more to say, and the place in its queue', () => {
    expect(said({ connection: 'full', place: 0, fault: null })).toBe('The server is full, trying again');
    expect(said({ connection: 'waiting', place: 3, fault: null })).toContain('number 3 in the queue');
  });
});
