/** Joins a room from this page. */
import { createProbe } from '../protocol/probe';
import { Room } from './room.svelte';
import { seatSecret, secretOf } from './room-link';
import type { Role } from './types';

/** code: as the server writes it. A teacher's or projector's secret must be kept already; `enterRoom` comes first. */
export function joinRoom(code: string, role: Role, name?: string): Room {
  return new Room({
    code,
    role,
    secret: role === 'seat' ? seatSecret(code) : (secretOf(code, role) ?? ''),
    url: new URL('api/room', document.baseURI).href.replace(/^http/, 'ws'),
    probe: createProbe(new URL('api/health', document.baseURI).href),
    ...(name && { name }),
  });
}
