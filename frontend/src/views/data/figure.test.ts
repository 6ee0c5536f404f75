import { describe, expect, it } from 'vitest';
import { countedPart } from './figure';

describe('the confusion matrix', () => {
  it.each([[[80, 20, 0], 1], [[60, 20, 20], 1], [[80, 0, 20], 2], [[100, 0, 0], 0]] as const)(
    'counts the held-out part where there is one: of %s samples part %i',
    (sizes, part) => expect(countedPart({ sizes: [...sizes] })).toBe(part),
  );
});
