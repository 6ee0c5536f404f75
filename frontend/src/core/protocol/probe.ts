/** Checks whether the server answers, without errors in the console (see probe.worker.ts). */
export interface Probe {
  ask(): Promise<boolean>;
  close(): void;
}

/** Call while the server answers: it sends the worker's script. url: absolute. */
export function createProbe(url: string): Probe {
  const worker = new Worker(new URL('./probe.worker.ts', import.meta.url), { type: 'module' });
  const waiting: ((answer: boolean) => void)[] = [];
  worker.addEventListener('message', (event: MessageEvent<boolean>) => waiting.shift()?.(event.data));
  return {
    ask: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        worker.postMessage(url);
      }),
    close: () => worker.terminate(),
  };
}
