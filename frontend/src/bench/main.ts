/** The bench page: `bench.html?surface=beale&steps=2000&view=map&theme=dark&lang=zh`. Driven by benchmarks/frame_time.py. */
import { mount } from 'svelte';
import { watchFrames } from './measure';
import Bench from './Bench.svelte';
import { fakeSession } from './recording';

const asked = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = asked.get('theme') ?? 'light';
document.documentElement.lang = asked.get('lang') ?? 'en';
const session = fakeSession(asked.get('surface') ?? 'ravine', Number(asked.get('steps') ?? 2000));
session.show(Number(asked.get('head') ?? 0));

const target = document.getElementById('app');
if (!target) throw new Error('bench.html has no element #app');
mount(Bench, { target, props: { session, view: asked.get('view') === '3d' ? '3d' : 'map' } });
watchFrames(session);
