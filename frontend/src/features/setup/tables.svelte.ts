/** The tables that were sent in this visit, by the name under which the server keeps each: what is in them. */
import { createContext } from 'svelte';
import type { Uploaded } from './upload';

export interface Table extends Uploaded {
  /** What the file is called here. */
  readonly name: string;
}

export class Tables {
  private known = $state.raw<ReadonlyMap<string, Table>>(new Map());

  of(file: unknown): Table | null {
    return (typeof file === 'string' && this.known.get(file)) || null;
  }

  /** Whether the column to be predicted, '' for the last one that can be, is known to hold texts: those are classes. */
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
