// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import { addMessages, language, pick, preferred, t } from './i18n.svelte';
import { classroom } from './messages/classroom';
import { classroomTeacher } from './messages/classroom-teacher';
import { MESSAGES as PAGE } from './messages/index';
import { parseNumber, formatNumber, formatPoint } from './numbers';

afterEach(() => language.choose('en'));

const MESSAGES = { ...PAGE, ...classroom, ...classroomTeacher };

describe('the dictionaries', () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

  const chinese = Object.entries(MESSAGES).map(([key, { zh }]) => [key, zh] as const);

  it('fill in the same names', () => {
    for (const [key, { en, zh }] of Object.entries(MESSAGES)) expect([key, ...names(zh)]).toEqual([key, ...names(en)]);
  });

  it('leave no English in the Chinese one', () => {
    // Names, and what mathematics writes in every language.
    const same = new Set([
      'arrows.scale', 'title', 'header.other', 'connection.torch', 'mark.set', 'mark.edit', 'say.gap', 'do.each',
      'success.and', 'backprop.made', 'backprop.made.sum', 'backprop.chain', 'limit.plain', 'limit.heavy', 'limit.nesterov',
    ]);
    for (const [key, text] of chinese) if (!same.has(key)) expect(`${key}: ${text}`).toMatch(/[\u4e00-\u9fff]/);
  });

  it('do not say where on the page something is, which differs between a window, a phone and a projector', () => {
    const place = /\b(at|on) the (left|right|top|bottom)\b|(above|below|beside|left of|right of|under) the (stage|map|chart|page)|(页面|舞台|地图|图)(顶部|底部|上方|下方|左侧|右侧|左边|右边)/;
    expect('The loss is below the stage.').toMatch(place);
    for (const [key, { en, zh }] of Object.entries(MESSAGES)) expect([key, en.match(place), zh.match(place)]).toEqual([key, null, null]);
  });

  it('punctuate Chinese as Chinese is, with marks of full width', () => {
    for (const [key, text] of chinese) {
      expect([key, text.match(/[\u4e00-\u9fff][,;:?!(]|[\u4e00-\u9fff]\.(\s|$)|\)[\u4e00-\u9fff]/)]).toEqual([key, null]);
    }
  });
});

describe('one of a counted thing', () => {
  it('has no s', () => {
    const values = { loss: '0.001', name: 'SGD' };
    expect(t('race.first', { ...values, steps: 1 })).toBe('Loss 0.001: SGD first, after 1 step.');
    expect(t('race.first', { ...values, steps: 11 })).toBe('Loss 0.001: SGD first, after 11 steps.');
    expect(t('transport.rate', { speed: 1 })).toBe('1 step/s');
  });

  it('has none in any message', () => {
    addMessages({ ...classroom, ...classroomTeacher });
    const verbs = new Set(['as', 'branches', 'has', 'holds', 'is', 'stands', 'was']);
    for (const [key, { en }] of Object.entries(MESSAGES)) {
      const values = Object.fromEntries([...en.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 1]));
      const said = (t as (key: string, values: object) => string)(key, values);
      const plurals = [...said.matchAll(/\b1 ([a-z]+s)\b/g)].map(([, word = '']) => word).filter((word) => !verbs.has(word));
      expect([key, ...plurals]).toEqual([key]);
    }
  });
});

describe('the language', () => {
  it('is the first of the browser’s that is spoken', () => {
    expect(preferred(['fr-FR', 'zh-TW', 'en'])).toBe('zh');
    expect(preferred(['en-GB', 'zh'])).toBe('en');
    expect(preferred(['fr', 'zhx'])).toBe('en');
    expect(preferred([])).toBe('en');
  });

  it('changes every word, and what the document says of itself', () => {
    expect(t('transport.step', { step: 7 })).toBe('step 7');
    language.choose('zh');
    expect(t('transport.step', { step: 7 })).toBe('第 7 步');
    expect(pick({ en: 'a', zh: '甲' })).toBe('甲');
    expect(document.documentElement.lang).toBe('zh-CN');
  });
});

describe('numbers', () => {
  it('are said with few figures and a true minus sign', () => {
    expect([0, 1, -2.5, 0.08691, 123456, 1e-9, -3.21e20, 1e30].map((value) => formatNumber(value))).toEqual([
      '0', '1', '−2.5', '0.0869', '1.23e5', '1e−9', '−3.21e20', '1e30',
    ]);
    expect([Number.NaN, Infinity, -Infinity].map((value) => formatNumber(value))).toEqual(['NaN', '∞', '−∞']);
    expect(formatPoint([0, -1])).toBe('(0, −1)');
    expect(formatPoint([2])).toBe('2');
    expect(formatPoint([1, 2, 3, 4, 5, 6, 7])).toBe('(1, 2, 3, 4, 5, 6, …)');
  });

  it('are read as people write them', () => {
    expect(['0.1', ' -2 ', '1e-3', '.5', '3.', '−1', '0,5', '2×10^-3', '+7'].map(parseNumber)).toEqual([0.1, -2, 0.001, 0.5, 3, -1, 0.5, 0.002, 7]);
    expect(['', 'x', '1.2.3', '1e', '0x10', 'NaN', 'Infinity', '1 2'].map(parseNumber)).toEqual(Array(8).fill(null));
  });
});
