/**
 * A worker that checks whether the server answers.
 *
 * Browsers log a page's failed fetch or WebSocket as an error in the console, but not a worker's failed fetch. So the page
 * asks here first, and opens its socket only when the server answers.
 */
addEventListener('message', (event: MessageEvent<string>) => {
  fetch(event.data, { cache: 'no-store' }).then(
    (answer) => postMessage(answer.ok),
    () => postMessage(false),
  );
});
