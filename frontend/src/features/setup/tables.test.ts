import { describe, expect, it } from 'vitest';
import { Tables, type Table } from './tables.svelte';

describe('hasClasses', () => {
  const tables = new Tables();
  const NOTE = { en: '', zh: '' };
  const of = (file: string, ...uses: Table['report'][number]['use'][]): void => {
    const report = uses.map((use, n) => ({ name: `c${n}`, use, note: NOTE }));
    tables.add({ file, name: file, rows: 3, repairs: [], columns: [], report });
  };

  it('goes by the column that is to be predicted, the last one that can be where none is named', () => {
    of('insects', 'number', 'number', 'classes', 'texts', 'id', 'constant');
    expect(tables.hasClasses('insects', '')).toBe(true);
    expect(tables.hasClasses('insects', 'c0')).toBe(false);
    expect(tables.predictable('insects')).toEqual(['c0', 'c1', 'c2']);
    of('marks', 'classes', 'number');
    expect(tables.hasClasses('marks', '')).toBe(false);
    expect(tables.hasClasses('marks', 'c0')).toBe(true);
  });

  it('is not known of a table that came by an address', () => {
    expect(tables.hasClasses('elsewhere', '')).toBe(false);
  });
});
