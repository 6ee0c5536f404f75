/** The page's language, as <html lang> says; whoever draws text asks to be told when it changes. */
export type Language = 'en' | 'zh';

export function language(): Language {
  return document.documentElement.lang.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function watchLanguage(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
  return () => observer.disconnect();
}
