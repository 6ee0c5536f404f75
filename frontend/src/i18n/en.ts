import { en as sharing } from './rooms/sharing';
import { en as showing } from './rooms/showing';
import { en as step } from './rooms/step';
import { en as verdicts } from './rooms/verdicts';

/** Every word of the page in English. Its keys are the page's keys: a language that lacks one does not compile. */
export const en = {
  ...verdicts,
  ...step,
  ...sharing,
  ...showing,

  'title': 'Steepest',
  'tagline': 'a live gradient-descent playground',

  // --- header ---
  'header.language': 'Language',
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
  'mark.saddle': '{run} comes near a saddle',

  // --- what is happening ---
  'was.use': 'Use {lr}',
  /** Between two sentences. */
  'was.gap': ' ',
  'was.name': '{name}: {what}',
  'was.over': 'lr × steepest curvature = {product}, above the limit {limit}: each step overshoots farther along {direction}.',
  'was.over1': 'lr × curvature = {product}, above the limit {limit}: each step overshoots farther.',
  'was.limit.momentum': 'With momentum {mu} the limit is 2(1 + μ) = {limit}.',
  'was.limit.nesterov': 'With Nesterov momentum {mu} the limit is {limit}.',
  'was.largest': 'Here, rates below {largest} are stable.',
  'was.diverged': '{name} diverged at step {step}.',
  'was.diverged.last': '{name} diverged at step {step}; the last finite loss was {loss}.',
  'was.diverged.momentum': 'A momentum of {mu} keeps all of its speed, so no learning rate lets it settle.',
  'was.diverged.climbs': 'It was told to climb (maximize is on), and this surface has no top.',
  'was.diverged.falls': 'This surface falls for ever; no learning rate helps.',
  'was.diverged.adaptive': 'There is no simple limit of the rate for this optimizer; try a smaller one.',
  'was.diverged.other': 'The loss or its gradient is not a number there.',
  'was.converged': '{name} converged at step {step}: it rests in the minimum at {at}, loss {loss}.',
  'was.lowest': 'It is not the lowest one: {value} is reached at {at}.',
  'was.falls': '{name} has left the picture and goes on falling: this surface falls for ever, and no learning rate helps.',
  'was.near.saddle': '{name} is near a saddle at {at}: the surface curves up one way and down another (λ = {eigenvalues}). Downhill is along {downhill}.',
  'was.near.maximum': '{name} is near a maximum at {at}: every way is down (λ = {eigenvalues}), steepest along {downhill}.',
  'was.near.maximum1': '{name} is near a maximum at {at}: both ways are down (λ = {eigenvalues}).',
  'was.near.minimum': '{name} is near a minimum at {at}: the surface curves up every way (λ = {eigenvalues}).',
  'was.near.degenerate': '{name} is near a degenerate point at {at}: the curvature vanishes there (λ = {eigenvalues}), so it does not tell which kind of point it is.',
  'was.escape': 'Each step multiplies the distance by 1 + lr·|λ| = {factor}: about {steps} more steps to get away.',
  'was.stuck': 'It stands exactly on the ridge: nothing pushes it off, however long you wait. Drag the point a little.',
} as const;

export type Messages = Readonly<Record<keyof typeof en, string>>;
