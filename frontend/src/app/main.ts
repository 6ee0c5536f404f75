import '@fontsource-variable/inter/wght.css';
import { mount } from 'svelte';
import { createSession } from '../core/session/session.svelte';
import { displayMode } from '../features/display-mode/display-mode.svelte';
import { language } from '../ui/i18n/i18n.svelte';
import App from './App.svelte';
import '../ui/style/base.css';
import { theme } from '../ui/style/theme.svelte';
import '../ui/style/tokens.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');

theme.begin();
language.begin();
displayMode.begin();

export default mount(App, { target, props: { session: createSession() } });
