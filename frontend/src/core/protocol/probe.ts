/** Whether the server answers, found out without a line in the console (see probe.worker.ts). */
export interface Probe {
  ask(): Promise<boolean>;
  close(): void;
}

/** Make it while the server is there: the worker's own script comes from it. url: absolute. */
export function createProbe(url: string): Probe {
  const worker = new Worker(new URL('./probe.worker.ts', import.meta.url), { type: 'module' });
  const waiting: ((answer: boolean) => void)[] = [];
  worker.addEventListener('message', (told: MessageEvent<boolean>) => waiting.shift()?.(told.data));
  return {
    ask: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        worker.postMessage(url);
      }),
    close: () => worker.terminate(),
  };
}
