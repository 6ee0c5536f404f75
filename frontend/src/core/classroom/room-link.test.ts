// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetSecrets, roomAddress, seatSecret, secretOf, takeRoomLink } from './room-link';

beforeEach(() => localStorage.clear());

function at(address: string): ReturnType<typeof takeRoomLink> {
  history.replaceState(null, '', address);
  return takeRoomLink();
}

describe('the address of a room', () => {
  it('is none without a code', () => {
    expect(at('/?present=1')).toBe(null);
  });

  it('is a seat’s, whatever the code’s case and spaces', () => {
    expect(at('/?room=acd efg')).toEqual({ code: 'ACDEFG', role: 'seat' });
    expect(at('/?room=')).toEqual({ code: '', role: 'seat' });
  });

  it('gives up its secret at once, and is the same role after a reload', () => {
    expect(at('/sub/?room=ACDEFG&screen=secret-of-a-screen#x=1')).toEqual({ code: 'ACDEFG', role: 'screen' });
    expect(location.href).not.toContain('secret');
    expect(location.pathname + location.search + location.hash).toBe('/sub/?room=ACDEFG&as=screen#x=1');
    expect(takeRoomLink()).toEqual({ code: 'ACDEFG', role: 'screen' });
    expect(secretOf('ACDEFG', 'screen')).toBe('secret-of-a-screen');
  });

  it('is a seat’s where a role is named without its secret', () => {
    expect(at('/?room=ACDEFG&as=teacher')).toEqual({ code: 'ACDEFG', role: 'seat' });
    at('/?room=ACDEFG&teacher=secret-of-a-teacher');
    expect(at(`/${roomAddress('ACDEFG', 'teacher')}`)).toEqual({ code: 'ACDEFG', role: 'teacher' });
  });
});

describe('a seat’s secret', () => {
  it('is one for each room, and stays until the room is gone', () => {
    const secret = seatSecret('ACDEFG');
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(seatSecret('ACDEFG')).toBe(secret);
    expect(seatSecret('ACDEFH')).not.toBe(secret);
    forgetSecrets('ACDEFG');
    expect(seatSecret('ACDEFG')).not.toBe(secret);
  });
});
