/**
 * The bench page: `bench.html?surface=beale&head=60&view=map&theme=dark&lang=zh` shows the stage and the charts over a
 * made-up recording; with `&way=plotly` or `&way=plotly3d` the same scene drawn by Plotly alone. Driven by
 * benchmarks/frame_time.py.
 */
import { mount } from 'svelte';
import '../src/ui/style/base.css';
import '../src/ui/style/tokens.css';
import { LASTING_RUNS, RUNS, fakeSession } from '../src/core/session/made-up-session.testing';
import { language } from '../src/ui/i18n/i18n.svelte';
import Bench from './Bench.svelte';
import { measured } from './measure';
import { plotlyAlone, plotlyAlone3d } from './plotly-alone';

const asked = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = asked.get('theme') ?? 'light';
language.choose(asked.get('lang') === 'zh' ? 'zh' : 'en');
const session = fakeSession(asked.get('surface') ?? 'ravine', Number(asked.get('steps') ?? 2000), asked.has('lasting') ? LASTING_RUNS : RUNS);
session.show(Number(asked.get('head') ?? 0));

const target = document.getElementById('app');
if (!target) throw new Error('bench.html has no element #app');
const way = asked.get('way');
const show = (head: number): void => session.show(head);
const ready = (draw: (head: number) => unknown): void => {
  Object.assign(window, { bench: measured(draw) });
  target.dataset['ready'] = '';
};
if (way === 'plotly' || way === 'plotly3d') {
  void (way === 'plotly' ? plotlyAlone : plotlyAlone3d)(target, session.frame).then(ready);
} else {
  const only = asked.get('only');
  mount(Bench, {
    target,
    props: { session, view: asked.get('view') === '3d' ? '3d' : 'map', stage: only !== 'charts', charts: only !== 'stage' },
  });
  ready(show);
}
