/** The page's language, as `<html lang>` has it, outside Svelte's reactivity. */
export type Language = 'en' | 'zh';

export function language(): Language {
  return document.documentElement.lang.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Calls back at every change; returns a function that stops it. */
export function watchLanguage(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
  return () => observer.disconnect();
}
