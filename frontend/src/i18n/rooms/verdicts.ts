/** What is said of a run, and of critical points. */
export const en = {} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {};
