/** The tables uploaded since the page was loaded, by the server's name for each. */
import { createContext } from 'svelte';
import type { Uploaded } from './upload';

export interface Table extends Uploaded {
  /** The user's file name. */
  readonly name: string;
}

export class Tables {
  private known = $state.raw<ReadonlyMap<string, Table>>(new Map());

  of(file: unknown): Table | null {
    return (typeof file === 'string' && this.known.get(file)) || null;
  }

  /** Names of the columns that can be predicted, in the file's order. */
  predictable(file: string): string[] {
    const report = this.of(file)?.report ?? [];
    return report.filter(({ use }) => use === 'number' || use === 'classes').map(({ name }) => name);
  }

  /** Whether the target column ('' for the last usable one) is known to hold classes. */
  hasClasses(file: string, target: string): boolean {
    const column = target || this.predictable(file).at(-1);
    return this.of(file)?.report.some(({ name, use }) => name === column && use === 'classes') ?? false;
  }

  add(table: Table): void {
    this.known = new Map([...this.known, [table.file, table]]);
  }
}

export const [useTables, provideTables] = createContext<Tables>();
