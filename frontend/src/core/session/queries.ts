/** The session's questions to the server; types.ts documents each. */
import type { Fit } from '../player/track';
import type {
  CriticalPoint, DataPicture, Edit, EngineCheck, GradientCheckAnswer, GraphAnswer, GraphQuery, Inspected, NeuronsAnswer, PlaneAnswer, PlaneQuery,
  RatesAnswer, Rehearsed, ScalingTried, Sweep, Tile,
} from '../protocol/wire';
import { fitOf, gridOf } from './answers';
import type { QueryReplies } from './query-replies';
import type { Grid } from './types';

export abstract class Queries {
  protected abstract readonly live: { readonly queries: QueryReplies };

  async surface(bounds: [number, number][], shape: number[]): Promise<Grid> {
    return gridOf(await this.live.queries.ask({ op: 'surface', bounds, shape }));
  }

  async points(bounds: [number, number][]): Promise<readonly CriticalPoint[]> {
    return (await this.live.queries.ask({ op: 'points', bounds })).points;
  }

  data(): Promise<DataPicture> {
    return this.live.queries.ask({ op: 'data' });
  }

  async fit(step: number, run: number): Promise<Fit> {
    return fitOf(await this.live.queries.ask({ op: 'fit', step, run }), step);
  }

  inspect(step: number, run: number): Promise<Inspected> {
    return this.live.queries.ask({ op: 'inspect', step, run });
  }

  async rates(until: number | null): Promise<RatesAnswer> {
    return (await this.live.queries.ask({ op: 'rates', until })).runs;
  }

  plane(query: PlaneQuery): Promise<PlaneAnswer> {
    return this.live.queries.ask({ op: 'plane', ...query });
  }

  graph(query: GraphQuery): Promise<GraphAnswer> {
    return this.live.queries.ask({ op: 'graph', ...query });
  }

  neurons(step: number, run: number): Promise<NeuronsAnswer> {
    return this.live.queries.ask({ op: 'neurons', step, run });
  }

  check(step: number, run: number, delta: number): Promise<GradientCheckAnswer> {
    return this.live.queries.ask({ op: 'check', step, run, delta });
  }

  async checkEngine(step: number): Promise<readonly EngineCheck[]> {
    return (await this.live.queries.ask({ op: 'check_engine', step })).runs;
  }

  rehearse(remedy: Edit, step: number): Promise<Rehearsed> {
    return this.live.queries.ask({ op: 'rehearse', remedy, step });
  }

  tryScaling(run: number): Promise<ScalingTried> {
    return this.live.queries.ask({ op: 'try_scaling', run });
  }

  async sweep(sweep: Sweep, after: number, each: (tile: Tile) => void): Promise<void> {
    await this.live.queries.ask({ op: 'sweep', sweep, after }, each);
  }

  cancelSweep(): void {
    this.live.queries.cancelSweep();
  }
}
