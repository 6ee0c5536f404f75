/** Forks, share links, hashes, files to save and open, exports. */
export const en = {} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {};
