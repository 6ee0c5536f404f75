import { describe, expect, it } from 'vitest';
import { Tables } from './tables.svelte';

describe('hasClasses', () => {
  const tables = new Tables();
  const of = (file: string, ...kinds: ('number' | 'classes' | 'text')[]): void =>
    tables.add({ file, name: file, rows: 3, repairs: [], columns: kinds.map((kind, n) => ({ name: `c${n}`, kind })) });

  it('goes by the column that is to be predicted, the last one that can be where none is named', () => {
    of('insects', 'number', 'number', 'classes', 'text');
    expect(tables.hasClasses('insects', '')).toBe(true);
    expect(tables.hasClasses('insects', 'c0')).toBe(false);
    of('marks', 'classes', 'number');
    expect(tables.hasClasses('marks', '')).toBe(false);
    expect(tables.hasClasses('marks', 'c0')).toBe(true);
  });

  it('is not known of a table that came by an address', () => {
    expect(tables.hasClasses('elsewhere', '')).toBe(false);
  });
});
