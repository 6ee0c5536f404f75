/** `full`: the server answers, but takes no further socket now. */
export type ServerState = 'there' | 'full' | 'gone';

/** Checks whether the server answers, without errors in the console (see probe.worker.ts). */
export interface Probe {
  ask(): Promise<ServerState>;
  close(): void;
}

/** Call while the server answers: it sends the worker's script. url: absolute. */
export function createProbe(url: string): Probe {
  const worker = new Worker(new URL('./probe.worker.ts', import.meta.url), { type: 'module' });
  const waiting: ((answer: ServerState) => void)[] = [];
  worker.addEventListener('message', (event: MessageEvent<ServerState>) => waiting.shift()?.(event.data));
  return {
    ask: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        worker.postMessage(url);
      }),
    close: () => worker.terminate(),
  };
}
