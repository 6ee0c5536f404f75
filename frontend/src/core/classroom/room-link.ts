/**
 * The room that the page's address names, in which role, and the secrets of rooms.
 *
 * `?room=CODE` is a seat's, with `&teacher=SECRET` a teacher's and with `&screen=SECRET` a projector's. A secret is moved out
 * of the address at once, since addresses are seen by others, and copied; `&as=teacher` or `&as=screen` stays.
 */
import { forget, remember, remembered } from '../browser/remember';
import type { Role } from './types';

/** Bytes of a seat's secret. */
const SECRET_BYTES = 24;

export interface RoomLink {
  /** As in the address; '' where it has to be typed. */
  readonly code: string;
  readonly role: Role;
}

const key = (code: string, role: Role): string => `room.${code}.${role}`;

/** What the address says; null: no room. Writes an address without the secret. */
export function takeRoomLink(): RoomLink | null {
  const params = new URLSearchParams(location.search);
  const typed = params.get('room');
  if (typed === null) return null;
  const code = tidyCode(typed);
  for (const role of ['teacher', 'screen'] as const) {
    const secret = params.get(role);
    if (secret === null) continue;
    keepSecret(code, role, secret);
    params.set('as', role);
  }
  params.delete('teacher');
  params.delete('screen');
  params.set('room', code);
  history.replaceState(history.state, '', `${location.pathname}?${params.toString()}${location.hash}`);
  const as = params.get('as');
  return { code, role: (as === 'teacher' || as === 'screen') && secretOf(code, as) ? as : 'seat' };
}

/** A code as the server writes it, from one that was typed. */
export function tidyCode(typed: string): string {
  return typed.replaceAll(/[\s-]/g, '').toUpperCase();
}

/** The address of a room in one of the roles, on this server. The role's secret must be kept already. */
export function roomAddress(code: string, role: Role): string {
  return `?room=${encodeURIComponent(code)}${role === 'seat' ? '' : `&as=${role}`}`;
}

export function keepSecret(code: string, role: Role, secret: string): void {
  remember(key(code, role), secret);
}

/** The kept secret; null where this browser has none. */
export function secretOf(code: string, role: Role): string | null {
  return remembered(key(code, role));
}

/** The secret by which this browser has its seat in a room: made at the first call. */
export function seatSecret(code: string): string {
  const kept = secretOf(code, 'seat');
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const secret = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  keepSecret(code, 'seat', secret);
  return secret;
}

/** The room is gone. */
export function forgetSecrets(code: string): void {
  for (const role of ['seat', 'teacher', 'screen'] as const) forget(key(code, role));
}
