import { en as data } from './messages/data';
import { en as showing } from './messages/display';
import { en as gallery } from './messages/gallery';
import { en as looks } from './messages/queries';
import { en as schedules } from './messages/schedules';
import { en as setup } from './messages/setup';
import { en as sharing } from './messages/sharing';
import { en as step } from './messages/step';
import { en as training } from './messages/training';
import { en as verdicts } from './messages/verdicts';

/** Every word of the page in English. Its keys are the page's keys: a language that lacks one does not compile. */
export const en = {
  ...gallery,
  ...data,
  ...training,
  ...verdicts,
  ...step,
  ...schedules,
  ...setup,
  ...looks,
  ...sharing,
  ...showing,

  'title': 'Steepest',
  'tagline': 'a live gradient-descent playground',

  // --- header ---
  'header.other': '中文',
  'theme': 'Colours',
  'theme.auto': 'As the system',
  'theme.light': 'Light',
  'theme.dark': 'Dark',
  'connection.connecting': 'connecting',
  'connection.live': 'live',
  'connection.lost': 'connection lost, reconnecting',
  'connection.torch': 'torch {version}',

  // --- setup ---
  'setup': 'Problem',
  'setup.problem': 'Problem',
  'start': 'Start',
  'start.menu': 'Start from',
  'start.other': 'a point of your own',
  'start.several': 'each run its own',
  'start.hint': 'Or click on the map; drag a point to move it.',
  'start.hint.curve': 'Or click on the curve; drag a point to move it.',
  'more': 'Seed and precision',
  'seed': 'Seed',
  'dtype': 'Number format',

  // --- runs ---
  'runs': 'Runs',
  'runs.add': 'Add run',
  'run': 'Run {n}',
  'run.optimizer': 'Optimizer of run {n}',
  'run.select': 'Explain run {n}: {name}',
  'run.show': 'Show run {n}',
  'run.hide': 'Hide run {n}',
  'run.duplicate': 'Duplicate run {n}',
  'run.remove': 'Remove run {n}',
  'run.removed': 'Removed {name}.',
  'run.restore': 'Undo',
  'run.more': 'More settings',
  'run.start': 'Start of this run',
  'run.loss': 'loss {loss}',
  'run.converged': 'converged',
  'run.diverged': 'diverged at step {step}',

  // --- controls ---
  'control.none': 'none',
  'control.slider': '{name}, slider',
  'control.notNumber': 'Type a number, such as 0.1 or 1e-3.',
  'control.notWhole': 'Type a whole number.',

  'control.column': 'Column {column}: {message}',

  'fault.close': 'Close this message',

  // --- transport ---
  'transport': 'Playback',
  'transport.play': 'Play',
  'transport.pause': 'Pause',
  'transport.start': 'To the start',
  'transport.back': 'One step back',
  'transport.on': 'One step on',
  'transport.end': 'To the end',
  'transport.speed': 'Speed',
  'transport.fast': 'as fast as it can',
  'transport.rate': '{speed} steps/s',
  'transport.step': 'step {step}',
  'transport.timeline': 'Step on screen',
  'transport.of': 'step {step} of {last}',
  'transport.clear': 'Undo all changes',
  'transport.marks': 'Events',
  'mark.at': 'Step {step}',
  'mark.between': 'Steps {from} to {to}',
  'mark.edit': '{run}: {changes}',
  'mark.set': '{name} {before} → {value}',
  'mark.optimizer': 'now {name}',
  'mark.moved': 'moved to {point}',
  'mark.more': 'and {count} more',
} as const;

export type Messages = Readonly<Record<keyof typeof en, string>>;
