// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { MESSAGES } from '../../ui/i18n/messages/index';
import { KEYS, keyPressed } from './key-table';

function press(key: string, html = '<p></p>', more: KeyboardEventInit = {}, characters = true) {
  document.body.innerHTML = html;
  const target = document.body.querySelector('[data-here]') ?? document.body.firstElementChild ?? document.body;
  let found: string | null = null;
  const listen = (event: KeyboardEvent) => {
    const pressed = keyPressed(event, characters);
    found = pressed && (pressed.action === 'select' ? `select ${pressed.which}` : pressed.action);
  };
  addEventListener('keydown', listen);
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  removeEventListener('keydown', listen);
  return found;
}

describe('keys', () => {
  it('act from anywhere', () => {
    const found = [' ', 'ArrowLeft', 'ArrowRight', 'Home', 'End', '[', ']', 'p', 's', 't', 'l', 'Escape', 'x'].map((key) => press(key));
    expect(found).toEqual(['toggle', 'back', 'on', 'start', 'end', 'slower', 'faster', 'present', 'sound', 'theme', 'language', 'leave', null]);
    expect(['1', '8', '9', '0'].map((key) => press(key))).toEqual(['select 0', 'select 7', null, null]);
  });

  it('mean ten steps with Shift, and ask for help however the question mark is written', () => {
    const shift = { shiftKey: true };
    expect(['ArrowLeft', 'ArrowRight', '?', 'P', 'Home'].map((key) => press(key, '<p></p>', shift))).toEqual(['back10', 'on10', 'help', null, null]);
    expect([press('?'), press('P')]).toEqual(['help', 'present']); // the latter with Caps Lock
  });

  it('belong to a field that is typed in', () => {
    for (const html of ['<input type="text">', '<select></select>', '<textarea></textarea>', '<div contenteditable="true"></div>']) {
      for (const { bindings } of KEYS) {
        for (const { keys, action } of bindings) {
          if (action !== 'leave') expect([html, ...keys.map((key) => press(key, html))]).toEqual([html, ...keys.map(() => null)]);
        }
      }
    }
  });

  it('are shared with sliders, buttons, boxes and the timeline', () => {
    const some = [' ', 'ArrowLeft', 'Home', 'p'];
    expect(some.map((key) => press(key, '<input type="range">'))).toEqual(['toggle', null, null, 'present']);
    expect(some.map((key) => press(key, '<button></button>'))).toEqual([null, 'back', 'start', 'present']);
    expect(some.map((key) => press(key, '<input type="checkbox">'))).toEqual([null, 'back', 'start', 'present']);
    expect(some.map((key) => press(key, '<input type="radio">'))).toEqual([null, null, null, 'present']);
    expect(some.map((key) => press(key, '<input type="range" data-transport-keys>'))).toEqual(['toggle', 'back', 'start', 'present']);
    expect(some.map((key) => press(key, '<div role="menu"><button data-here></button></div>'))).toEqual([null, null, null, null]);
  });

  it('are the browser’s with a modifier, but for AltGr, which writes brackets', () => {
    for (const more of [{ altKey: true }, { ctrlKey: true }, { metaKey: true }]) expect(press('ArrowLeft', '<p></p>', more)).toBeNull();
    expect(press('p', '<p></p>', { ctrlKey: true })).toBeNull();
    expect(press('[', '<p></p>', { ctrlKey: true, altKey: true, modifierAltGraph: true })).toBe('slower');
  });

  it('undo and redo, except in a field with text, where that is the browser’s', () => {
    const ctrl = { ctrlKey: true };
    expect(['z', 'y', 'Z'].map((key) => press(key, '<p></p>', { ...ctrl, shiftKey: key === 'Z' }))).toEqual(['undo', 'redo', 'redo']);
    expect(press('z', '<p></p>', { metaKey: true })).toBe('undo');
    expect(press('z', '<p></p>', ctrl, false)).toBe('undo');
    for (const html of ['<input type="text">', '<input>', '<textarea></textarea>', '<div contenteditable="true"></div>']) {
      expect([html, press('z', html, ctrl), press('y', html, ctrl)]).toEqual([html, null, null]);
    }
    expect(['range', 'checkbox', 'radio'].map((type) => press('z', `<input type="${type}">`, ctrl))).toEqual(['undo', 'undo', 'undo']);
    expect([press('z'), press('z', '<p></p>', { ctrlKey: true, altKey: true })]).toEqual([null, null]);
  });

  it('that write a character can be turned off', () => {
    expect(['p', '[', '3', '?', ' ', 'ArrowLeft'].map((key) => press(key, '<p></p>', {}, false))).toEqual([null, null, null, null, 'toggle', 'back']);
  });

  it('are bound once each, with words', () => {
    const all = KEYS.flatMap((group) => group.bindings);
    const bound = all.flatMap((one) => one.keys.map((key) => `${one.ctrl ? 'Ctrl+' : ''}${one.shift ? 'Shift+' : ''}${key}`));
    expect(new Set(bound).size).toBe(bound.length);
    for (const { words } of [...KEYS, ...all]) expect(MESSAGES[words as keyof typeof MESSAGES].en).toBeTruthy();
  });
});
