/**
 * The bench page: `bench.html?surface=beale&head=60&view=map&theme=dark&lang=zh` shows the stage and the charts with a
 * synthetic recording; with `&way=plotly` or `&way=plotly3d` Plotly alone draws the same scene. benchmarks/frame_time.py
 * opens it.
 */
import { mount } from 'svelte';
import '../src/ui/style/base.css';
import '../src/ui/style/controls.css';
import '../src/ui/style/tokens.css';
import { LASTING_RUNS, RUNS, fakeSession } from '../src/core/session/made-up-session.testing';
import { language } from '../src/ui/i18n/i18n.svelte';
import Bench from './Bench.svelte';
import { frameTimer } from './measure';
import { plotlyAlone, plotlyAlone3d } from './plotly-alone';

const query = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = query.get('theme') ?? 'light';
language.choose(query.get('lang') === 'zh' ? 'zh' : 'en');
const session = fakeSession(query.get('surface') ?? 'ravine', Number(query.get('steps') ?? 2000), query.has('lasting') ? LASTING_RUNS : RUNS);
session.show(Number(query.get('head') ?? 0));

const target = document.getElementById('app');
if (!target) throw new Error('bench.html has no element #app');
const way = query.get('way');
const show = (head: number): void => session.show(head);
const ready = (draw: (head: number) => unknown): void => {
  Object.assign(window, { bench: frameTimer(draw) });
  target.dataset['ready'] = '';
};
if (way === 'plotly' || way === 'plotly3d') {
  void (way === 'plotly' ? plotlyAlone : plotlyAlone3d)(target, session.frame).then(ready);
} else {
  const only = query.get('only');
  mount(Bench, {
    target,
    props: { session, view: query.get('view') === '3d' ? '3d' : 'map', stage: only !== 'charts', charts: only !== 'stage' },
  });
  ready(show);
}
