/** The step in numbers. */
export const en = {} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {};
