/** The link that shares what is on screen. */
import { toHash } from '../../core/experiment/url-hash';
import type { Session } from '../../core/session/types';

/** Longer addresses are cut or refused by too many programs on their way. */
export const LONGEST = 8000;

export interface Link {
  readonly href: string;
  readonly step: number;
  readonly hash: string;
}

/** Of the experiment as it stands, the step on screen and its fingerprint; null where nothing is open. */
export async function linkTo(session: Session, base: string = location.href): Promise<Link | null> {
  const { experiment } = session;
  const sign = session.fingerprint();
  if (!experiment || !sign) return null;
  const url = new URL(base);
  url.search = ''; // how this page is shown is not part of what is shared, and a token even less
  url.hash = await toHash({ experiment, ...sign });
  return { href: url.href, ...sign };
}

/** Whether it went to the clipboard by itself; where pages have none (plain http), the field is left selected. */
export async function copyFrom(field: HTMLInputElement): Promise<boolean> {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Without a secure context there is no clipboard to write to; the old command still is.
    return document.execCommand('copy');
  }
}
