/** All questions of a page to the server that have one answer each, a kind at a time. */
import type { Ask, ServerEvent, EventOf } from '../protocol/wire';
import { Replies } from './replies';

type AnswerOp = 'surface' | 'inspected' | 'points' | 'data' | 'fit' | 'rates' | 'plane' | 'graph' | 'checked';

/** What is no answer to one of these. */
export type OtherEvent = Exclude<ServerEvent, { op: AnswerOp }>;

export class QueryReplies {
  readonly surfaces: Replies<EventOf<'surface'>>;
  readonly inspections: Replies<EventOf<'inspected'>>;
  readonly points: Replies<EventOf<'points'>>;
  readonly data: Replies<EventOf<'data'>>;
  readonly fits: Replies<EventOf<'fit'>>;
  readonly rates: Replies<EventOf<'rates'>>;
  readonly planes: Replies<EventOf<'plane'>>;
  readonly graphs: Replies<EventOf<'graph'>>;
  readonly checks: Replies<EventOf<'checked'>>;

  /** post: sends a command and returns its number, or 0 when nothing can be sent now. */
  constructor(post: (ask: Ask) => number) {
    this.surfaces = new Replies(post);
    this.inspections = new Replies(post);
    this.points = new Replies(post);
    this.data = new Replies(post);
    this.fits = new Replies(post);
    this.rates = new Replies(post);
    this.planes = new Replies(post);
    this.graphs = new Replies(post);
    this.checks = new Replies(post);
  }

  private get all() {
    return [this.surfaces, this.inspections, this.points, this.data, this.fits, this.rates, this.planes, this.graphs, this.checks];
  }

  /** Takes an answer; what is none comes back. */
  settle(event: ServerEvent): OtherEvent | null {
    switch (event.op) {
      case 'surface':
        this.surfaces.settle(event);
        return null;
      case 'inspected':
        this.inspections.settle(event);
        return null;
      case 'points':
        this.points.settle(event);
        return null;
      case 'data':
        this.data.settle(event);
        return null;
      case 'fit':
        this.fits.settle(event);
        return null;
      case 'rates':
        this.rates.settle(event);
        return null;
      case 'plane':
        this.planes.settle(event);
        return null;
      case 'graph':
        this.graphs.settle(event);
        return null;
      case 'checked':
        this.checks.settle(event);
        return null;
      default:
        return event;
    }
  }

  /** Whether the number was one of these. */
  refuse(id: number, reason: Error): boolean {
    return this.all.some((replies) => replies.refuse(id, reason));
  }

  lost(): void {
    for (const replies of this.all) replies.lost();
  }

  resend(): void {
    for (const replies of this.all) replies.resend();
  }
}
