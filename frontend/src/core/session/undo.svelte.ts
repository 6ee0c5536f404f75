/** Undo and redo of every change, and what of the page belongs to a change: each run's mark, whether it is shown, the selection. */
import { same } from '../experiment/fork';
import { differences, discardedBy, marksAfter } from './change-effects';
import { History, type Moment } from './history';
import type { Discarded, Opening, Replaced } from './types';

type Way = 'undo' | 'redo';

/** What it needs of the session. */
interface Page {
  /** The open experiment with the step on screen; null before the first one. */
  moment(): Pick<Moment, 'experiment' | 'step' | 'last'> | null;
  /** Nothing is on its way to the server. */
  idle(): boolean;
  open(moment: Moment, how: Opening): Promise<boolean>;
  now(): number;
}

export class Undo {
  marks = $state.raw<readonly number[]>([]);
  visible = $state.raw<readonly boolean[]>([]);
  selected = $state.raw(0);
  canUndo = $state(false);
  canRedo = $state(false);
  discarded = $state.raw<Discarded | null>(null);

  private readonly history = new History();
  /** Asked for, while another change was on its way. */
  private waiting: readonly { readonly way: Way; readonly done: () => void }[] = [];
  private travelling = false;

  constructor(private readonly page: Page) {}

  /** Resolves once it is done, or cannot be. */
  go(way: Way): Promise<void> {
    return new Promise((done) => {
      this.waiting = [...this.waiting, { way, done }];
      this.continue();
    });
  }

  /** Does what waits, once nothing else is on its way. */
  continue(): void {
    const [next] = this.waiting;
    if (!next || this.travelling || !this.page.idle()) return;
    this.waiting = this.waiting.slice(1);
    void this.travel(next.way).then(next.done);
  }

  /** The user's change is made. */
  replaced(change: Replaced): void {
    const { before, experiment, from, moment } = change;
    const { marks, visible, selected } = this;
    if (moment) {
      this.show(moment);
      this.discarded = null;
    } else {
      this.show({
        marks: marksAfter(marks, from),
        visible: from.map((run) => (run === null ? true : (visible[run] ?? true))),
        selected: Math.max(0, from.includes(selected) ? from.indexOf(selected) : Math.min(selected, from.length - 1)),
      });
      if (!same(before.experiment, experiment)) {
        const key = { gesture: change.gesture, what: differences(before.experiment, experiment), at: this.page.now() };
        const more = this.history.changed({ ...before, marks, visible, selected }, key);
        this.discarded = discardedBy(change) ?? (more ? this.discarded : null);
      }
    }
    this.update();
  }

  /** The first experiment is open: no change. */
  begin(runs: number): void {
    if (this.marks.length === runs) return;
    this.show({ marks: marksAfter(this.marks, Array.from({ length: runs }, (_, n) => n)), visible: Array.from({ length: runs }, () => true), selected: 0 });
  }

  /** The open experiment came with marks of its own, as those of an address do. */
  adopt(marks: readonly number[]): void {
    this.marks = marksAfter(marks, this.marks.map((_, run) => run));
  }

  private async travel(way: Way): Promise<void> {
    const place = this.page.moment();
    const { marks, visible, selected } = this;
    const moment = place && this.history[way]({ ...place, marks, visible, selected });
    if (!moment) return;
    this.travelling = true;
    const from = moment.marks.map((mark) => (marks.includes(mark) ? marks.indexOf(mark) : null));
    const opened = await this.page.open(moment, { step: moment.step, until: moment.last, from, moment });
    this.travelling = false;
    if (!opened) this.history[way === 'undo' ? 'redo' : 'undo'](moment);
    this.update();
    this.continue();
  }

  private show({ marks, visible, selected }: Pick<Moment, 'marks' | 'visible' | 'selected'>): void {
    [this.marks, this.visible, this.selected] = [marks, visible, selected];
  }

  private update(): void {
    [this.canUndo, this.canRedo] = [this.history.canUndo, this.history.canRedo];
  }
}
