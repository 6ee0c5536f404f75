/** Presenter mode, keyboard help, sound, pictures, embedding, the first minute. */
export const en = {} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {};
