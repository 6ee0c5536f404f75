/** A WebSocket that reconnects. */
import { Backoff } from './backoff';
import type { Probe } from './probe';

export interface SocketOptions {
  readonly url: string;
  /** Asked before each try but the first. */
  readonly probe?: Probe;
  readonly backoff?: Backoff;
  readonly make?: (url: string) => WebSocket;
  onOpen(): void;
  onMessage(message: string | ArrayBuffer): void;
  /** Called once for each lost connection, and once if the first attempt fails. code: WebSocket close code. */
  onLost(code: number): void;
  /** The server answers, but has no place for another socket; tried again later. */
  onFull(): void;
}

/** WebSocket close code: the server has no place for this socket. */
export const TRY_AGAIN_LATER = 1013;

/** connecting → open → lost → (probe, connecting) … until close(). Nothing is queued: send() returns whether it was sent. */
export class Socket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;
  private trying = false;
  /** The server has sent something on this connection. */
  private heard = false;
  private readonly backoff: Backoff;
  private readonly make: (url: string) => WebSocket;

  constructor(private readonly options: SocketOptions) {
    this.backoff = options.backoff ?? new Backoff();
    this.make = options.make ?? ((url) => new WebSocket(url));
    addEventListener('online', this.retryNow);
    document.addEventListener('visibilitychange', this.retryNow);
    this.connect();
  }

  get open(): boolean {
    return this.socket?.readyState === 1;
  }

  send(text: string): boolean {
    if (!this.socket || !this.open) return false;
    this.socket.send(text);
    return true;
  }

  /** The connection is dead, whatever the browser believes: counts as lost. */
  drop(): void {
    const { socket } = this;
    if (!socket) return;
    this.lost(socket, 0);
    socket.close();
  }

  close(): void {
    this.closed = true;
    removeEventListener('online', this.retryNow);
    document.removeEventListener('visibilitychange', this.retryNow);
    this.cancelTimer();
    this.options.probe?.close();
    const { socket } = this;
    // Closed before it is open, the browser would warn.
    if (socket?.readyState === 0) socket.onopen = () => socket.close();
    else socket?.close();
  }

  /** The page is visible again, or the network is back: retry at once. */
  private readonly retryNow = (): void => {
    if (this.timer === null || document.visibilityState === 'hidden') return;
    this.cancelTimer();
    void this.retry();
  };

  private async retry(): Promise<void> {
    if (this.trying) return;
    this.trying = true;
    const state = (await this.options.probe?.ask()) ?? 'there';
    this.trying = false;
    if (this.closed) return;
    if (state === 'there') return this.connect();
    this.wait();
    if (state === 'full') this.options.onFull();
  }

  private connect(): void {
    const socket = this.make(this.options.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.onopen = () => this.options.onOpen();
    this.heard = false;
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      this.heard = true;
      this.options.onMessage(message.data);
    };
    socket.onclose = ({ code }) => this.lost(socket, code);
  }

  private lost(socket: WebSocket, code: number): void {
    if (this.closed || socket !== this.socket) return;
    this.socket = null;
    // A full server accepts, says so and closes: the next try waits longer still.
    if (this.heard && code !== TRY_AGAIN_LATER) this.backoff.reset();
    this.wait();
    this.options.onLost(code);
  }

  private wait(): void {
    this.cancelTimer();
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.retry();
    }, this.backoff.next());
  }

  private cancelTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
