/** The same scene with Plotly alone, extended each frame: the baseline for the canvas layers of stage and charts. */
import type { Data, Layout } from 'plotly.js/lib/core';
import type { Reals, Track } from '../src/core/player/track';
import { SURFACES, fakeGrid, type FakeFrame } from '../src/core/session/made-up-session.testing';
import { heightsOf } from '../src/render/colours/heights';
import { readTheme } from '../src/render/colours/theme-colours';
import { loadPlotly, loadPlotly3d, PLOTLY_CONFIG } from '../src/render/plot/plotly';
import { SERIES } from '../src/views/charts/series';
import { mapFigure } from '../src/views/loss-scene/figures';
import { surfaceFigure } from '../src/views/surface3d/figure';

/** Draws up to a later step. The promise is Plotly's. */
type Extend = (head: number) => Promise<unknown>;
type Bounds = [[number, number], [number, number]];

function part(values: Reals, from: number, to: number, stride = 1, offset = 0): number[] {
  const out: number[] = [];
  for (let k = from; k < to; k++) out.push(values[k * stride + offset] as number);
  return out;
}

/** The map with one line and one point per run; beside it the five charts, unless `?only=stage`. */
export async function plotlyAlone(target: HTMLElement, frame: FakeFrame): Promise<Extend> {
  const plotly = await loadPlotly();
  const theme = readTheme();
  const { tracks } = frame.recording;
  const surface = SURFACES[(frame.experiment.problem as { id: string }).id] as (typeof SURFACES)[string];
  const grid = fakeGrid(surface, frame.scene.bounds as Bounds, [132, 132]);
  const plot = { scene: frame.scene, grid, points: frame.scene.points, ranges: frame.scene.bounds as Bounds, logarithmic: false };
  const figure = mapFigure(plot, theme, { width: 640, height: 616 });
  let drawn = frame.head;
  const until = drawn + 1;
  const line = (run: number): object => ({ color: theme.runs[run], width: 2 });
  const stage = target.appendChild(document.createElement('div'));
  const first = figure.data.length;
  const paths: Data[] = tracks.map((track, run) => ({
    type: 'scatter', mode: 'lines', x: part(track.params, 0, until, 2, 0), y: part(track.params, 0, until, 2, 1),
    line: line(run), hoverinfo: 'skip',
  }));
  const points: Data[] = tracks.map((track, run) => ({
    type: 'scatter', mode: 'markers', x: part(track.params, drawn, until, 2, 0), y: part(track.params, drawn, until, 2, 1),
    marker: { color: theme.runs[run] as string, size: 12 }, hoverinfo: 'skip',
  }));
  await plotly.newPlot(stage, [...figure.data, ...paths, ...points], figure.layout, PLOTLY_CONFIG);
  const runs = tracks.map((_, run) => run);
  const pathIndices = runs.map((run) => first + run);
  const pointIndices = runs.map((run) => first + tracks.length + run);

  const lines: { track: Track; value: (track: Track, k: number) => number }[] = [];
  const data: Data[] = [];
  const axes: Record<string, unknown> = {};
  SERIES.forEach((series, n) => {
    axes[n === 0 ? 'yaxis' : `yaxis${n + 1}`] = { domain: [1 - (n + 1) / 5, 1 - n / 5 - 0.04], fixedrange: true };
    tracks.forEach((track, run) => {
      for (let at = 0; at < series.lines(track); at++) {
        const value = (of: Track, k: number): number => series.value(of, k, at);
        lines.push({ track, value });
        data.push({
          type: 'scatter', mode: 'lines', line: line(run), xaxis: 'x', yaxis: (n === 0 ? 'y' : `y${n + 1}`) as 'y',
          x: Array.from({ length: until }, (_, k) => k), y: Array.from({ length: until }, (_, k) => value(track, k)),
        });
      }
    });
  });
  const charts = new URLSearchParams(location.search).get('only') === 'stage' ? null : target.appendChild(document.createElement('div'));
  if (charts) {
    const layout = { width: 360, height: 600, showlegend: false, xaxis: { range: [0, 2000] }, ...axes } as Partial<Layout>;
    await plotly.newPlot(charts, data, layout, { ...PLOTLY_CONFIG, staticPlot: true });
  }

  return async (head) => {
    const [from, to] = [drawn + 1, head + 1];
    drawn = head;
    const paths = {
      x: tracks.map((track) => part(track.params, from, to, 2, 0)),
      y: tracks.map((track) => part(track.params, from, to, 2, 1)),
    };
    // Each point trace holds one point. One call extends points and paths.
    const ends = { x: paths.x.map((values) => values.slice(-1)), y: paths.y.map((values) => values.slice(-1)) };
    await plotly.extendTraces(
      stage,
      { x: [...paths.x, ...ends.x], y: [...paths.y, ...ends.y] },
      [...pathIndices, ...pointIndices],
      { x: [...runs.map(() => -1), ...runs.map(() => 1)], y: [...runs.map(() => -1), ...runs.map(() => 1)] } as never,
    );
    if (!charts) return;
    const steps = Array.from({ length: to - from }, (_, n) => from + n);
    await plotly.extendTraces(
      charts,
      { x: lines.map(() => steps), y: lines.map(({ track, value }) => steps.map((k) => value(track, k))) },
      lines.map((_, n) => n),
    );
  };
}

/** The surface with one 3-D line per run, extended each frame. */
export async function plotlyAlone3d(target: HTMLElement, frame: FakeFrame): Promise<Extend> {
  const plotly = await loadPlotly3d();
  const scatter3d = await import('plotly.js/lib/scatter3d');
  plotly.register([scatter3d.default]);
  const theme = readTheme();
  const { tracks } = frame.recording;
  const surface = SURFACES[(frame.experiment.problem as { id: string }).id] as (typeof SURFACES)[string];
  const grid = fakeGrid(surface, frame.scene.bounds as Bounds, [96, 96]);
  const heights = heightsOf(grid.z, 'linear', 0);
  const figure = surfaceFigure(frame.scene, grid, heights, [], theme, { x: 1.35, y: -1.35, z: 1 }, { width: 640, height: 616 });
  const until = frame.head + 1;
  let drawn = frame.head;
  const stage = target.appendChild(document.createElement('div'));
  const paths = tracks.map((track, run) => ({
    type: 'scatter3d', mode: 'lines', x: part(track.params, 0, until, 2, 0), y: part(track.params, 0, until, 2, 1),
    z: part(track.loss, 0, until), line: { color: theme.runs[run], width: 4 },
  })) as unknown as Data[];
  await plotly.newPlot(stage, [...figure.data, ...paths], figure.layout, PLOTLY_CONFIG);
  return (head) => {
    const [from, to] = [drawn + 1, head + 1];
    drawn = head;
    return plotly.extendTraces(
      stage,
      {
        x: tracks.map((track) => part(track.params, from, to, 2, 0)),
        y: tracks.map((track) => part(track.params, from, to, 2, 1)),
        z: tracks.map((track) => part(track.loss, from, to)),
      },
      tracks.map((_, run) => run + 1),
    );
  };
}
