import '@fontsource-variable/inter/wght.css';
import { mount } from 'svelte';
import { takeRoomLink } from '../core/classroom/room-link';
import { language } from '../ui/i18n/i18n.svelte';
import App from './App.svelte';
import '../ui/style/base.css';
import '../ui/style/controls.css';
import '../ui/style/tokens.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');

language.begin();

const link = takeRoomLink();
if (link) {
  // The ordinary page does not load what only a class needs.
  void import('./RoomApp.svelte').then(({ default: RoomApp }) => mount(RoomApp, { target, props: { link } }));
} else {
  mount(App, { target });
}
