/** The link that shares what is on screen. */
import { toHash } from '../experiment/url-hash';
import type { Session } from './types';

/** Characters. Too many programs cut or refuse longer addresses. */
export const LONGEST = 8000;

export interface Link {
  readonly href: string;
  readonly step: number;
  readonly hash: string;
}

/**
 * The link to the open experiment, with the step on screen and the fingerprint; null where nothing is open. map: what the map of
 * runs shows, packed; a page that does not know it ignores it.
 */
export async function linkTo(session: Session, base: string = location.href, map: string | null = null): Promise<Link | null> {
  const { experiment, marks } = session;
  const fingerprint = session.fingerprint();
  if (!experiment || !fingerprint) return null;
  const url = new URL(base);
  url.search = ''; // neither the display mode nor a token is shared
  url.hash = (await toHash({ experiment, ...fingerprint, marks })) + (map === null ? '' : `&map=${map}`);
  return { href: url.href, ...fingerprint };
}

/** Copies a field to the clipboard; returns whether it worked. If not, the field stays selected for the user to copy. */
export async function copyFrom(field: HTMLInputElement): Promise<boolean> {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // navigator.clipboard is missing without a secure context (plain http); the old command still works there.
    return document.execCommand('copy');
  }
}
