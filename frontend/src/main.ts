import '@fontsource-variable/inter/wght.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { language } from './i18n/i18n.svelte';
import { createSession } from './session/session.svelte';
import { showing } from './showing/showing.svelte';
import './style/base.css';
import { theme } from './style/theme.svelte';
import './style/tokens.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');

theme.begin();
language.begin();
showing.begin();

export default mount(App, { target, props: { session: createSession() } });
