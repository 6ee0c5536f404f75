/**
 * Asks whether a server answers, from a worker.
 *
 * A page's failed fetch or WebSocket is written to the console as an error by the browser itself; a failed fetch of a
 * worker is not. So the page asks here first, and opens its socket only when there is someone to answer.
 */
addEventListener('message', (asked: MessageEvent<string>) => {
  fetch(asked.data, { cache: 'no-store' }).then(
    (answer) => postMessage(answer.ok),
    () => postMessage(false),
  );
});
