/** For tests: a layer whose context records the calls. jsdom has no canvas. */
import { CanvasLayer } from './canvas-layer';

export interface RecordingCanvas {
  layer: CanvasLayer;
  /** [method, ...arguments] in order. */
  calls: [string, ...unknown[]][];
  count(method: string): number;
  /** Every coordinate given to moveTo and lineTo. */
  coordinates(): number[];
  reset(): void;
}

export function recordingCanvas(width = 400, height = 300): RecordingCanvas {
  const calls: [string, ...unknown[]][] = [];
  const context = new Proxy({} as Record<string, unknown>, {
    get: (own, name: string) =>
      name in own
        ? own[name]
        : (...given: unknown[]) => {
            calls.push([name, ...given]);
            return name === 'measureText' ? { width: 10 } : undefined;
          },
  });
  const canvas = document.createElement('canvas');
  canvas.getContext = (() => context) as unknown as HTMLCanvasElement['getContext'];
  const layer = new CanvasLayer(canvas);
  layer.resize(width, height);
  calls.length = 0;
  return {
    layer,
    calls,
    count: (method) => calls.filter(([name]) => name === method).length,
    coordinates: () => calls.filter(([name]) => name === 'lineTo' || name === 'moveTo').flatMap(([, x, y]) => [x as number, y as number]),
    reset: () => void (calls.length = 0),
  };
}
