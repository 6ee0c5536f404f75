/** The terms that the page explains where they stand in a sentence. */
import type { Language } from '../i18n/i18n.svelte';

export const TERMS = ['lambda', 'kappa', 'mu', 'curvature', 'overshoot', 'sharpness'] as const;
export type Term = (typeof TERMS)[number];

const FOUND: Record<Language, Record<Term, RegExp>> = {
  en: {
    lambda: /λ/, kappa: /κ|condition number/, mu: /μ/, curvature: /\bcurvatures?\b/, overshoot: /\bovershoot(?:s|ing)?\b/, sharpness: /\bsharpness\b/,
  },
  zh: { lambda: /λ/, kappa: /κ|条件数/, mu: /μ/, curvature: /曲率/, overshoot: /冲过头|越冲越远|冲得更远/, sharpness: /锐度/ },
};

/** A piece of a sentence: plain, or a term. */
export interface Piece {
  readonly text: string;
  readonly term: Term | null;
}

/** A sentence in pieces; each term is marked once, where it stands first. */
export function piecesOf(sentence: string, language: Language): Piece[] {
  const places = TERMS.flatMap((term) => {
    const found = FOUND[language][term].exec(sentence);
    return found ? [{ term, from: found.index, text: found[0] }] : [];
  }).sort((one, other) => one.from - other.from);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { term, from, text } of places) {
    if (from > at) pieces.push({ text: sentence.slice(at, from), term: null });
    pieces.push({ text, term });
    at = from + text.length;
  }
  if (at < sentence.length) pieces.push({ text: sentence.slice(at), term: null });
  return pieces;
}
