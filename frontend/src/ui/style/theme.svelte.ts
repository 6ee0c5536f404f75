/** Light or dark, as chosen or as the system is set. `<html data-theme>` always has the one that is shown. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export class ThemeChoice {
  chosen = $state<Theme>('auto');
  private readonly system = matchMedia('(prefers-color-scheme: dark)');

  /** Called once, before anything is drawn. */
  begin(): void {
    const before = remembered('theme');
    this.chosen = THEMES.find((theme) => theme === before) ?? 'auto';
    this.show();
    this.system.addEventListener('change', () => this.show());
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    remember('theme', theme);
    this.show();
  }

  /** Chooses the one that is not shown now. */
  toggle(): void {
    this.choose(document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark');
  }

  private show(): void {
    const auto = this.system.matches ? 'dark' : 'light';
    document.documentElement.dataset['theme'] = this.chosen === 'auto' ? auto : this.chosen;
  }
}

export const [useThemeChoice, provideThemeChoice] = createContext<ThemeChoice>();
