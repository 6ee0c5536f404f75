/** Before each file and each test: English, and nothing remembered. The files of a worker share its modules and its DOM. */
import { beforeEach } from 'vitest';
import { language } from '../src/ui/i18n/i18n.svelte';

function begin(): void {
  if (typeof document !== 'undefined') localStorage.clear();
  language.now = 'en';
}

begin();
beforeEach(begin);
