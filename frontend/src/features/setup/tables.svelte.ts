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

  /** Whether the target column ('' for the last usable one) is known to hold classes. */
  hasClasses(file: string, target: string): boolean {
    const usable = this.of(file)?.columns.filter((column) => column.kind !== 'text') ?? [];
    const column = target ? usable.find(({ name }) => name === target) : usable.at(-1);
    return column?.kind === 'classes';
  }

  add(table: Table): void {
    this.known = new Map([...this.known, [table.file, table]]);
  }
}

export const [useTables, provideTables] = createContext<Tables>();
