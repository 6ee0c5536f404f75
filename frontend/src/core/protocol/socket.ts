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
}

/** connecting → open → lost → (probe, connecting) … until close(). Nothing is queued: send() returns whether it was sent. */
export class Socket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;
  private trying = false;
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

  close(): void {
    this.closed = true;
    removeEventListener('online', this.retryNow);
    document.removeEventListener('visibilitychange', this.retryNow);
    this.cancelTimer();
    this.options.probe?.close();
    this.socket?.close();
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
    const there = (await this.options.probe?.ask()) ?? true;
    this.trying = false;
    if (this.closed) return;
    if (there) this.connect();
    else this.wait();
  }

  private connect(): void {
    const socket = this.make(this.options.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.onopen = () => this.options.onOpen();
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      this.backoff.reset(); // not at open: a full server accepts and closes at once
      this.options.onMessage(message.data);
    };
    socket.onclose = ({ code }) => this.lost(socket, code);
  }

  private lost(socket: WebSocket, code: number): void {
    if (this.closed || socket !== this.socket) return;
    this.socket = null;
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
