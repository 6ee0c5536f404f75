/** The tables that were sent in this visit, by the name under which the server keeps each: what is in them. */
import type { Uploaded } from './upload';

export interface Table extends Uploaded {
  /** What the file is called here. */
  readonly name: string;
}

class Tables {
  private known = $state.raw<ReadonlyMap<string, Table>>(new Map());

  of(file: unknown): Table | null {
    return (typeof file === 'string' && this.known.get(file)) || null;
  }

  add(table: Table): void {
    this.known = new Map([...this.known, [table.file, table]]);
  }
}

export const tables = new Tables();
