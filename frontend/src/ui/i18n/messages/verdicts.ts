/** What is written around a verdict, whose own words come with the catalog: buttons, parts of sentences, critical points. */
export const verdicts = {
  'explain': { en: 'What is happening', zh: '正在发生什么' },
  'explain.start': { en: 'Press play to begin.', zh: '按下播放键开始。' },
  'explain.rest': {
    en: 'Playing stopped here, where every run has come to its end. Play goes on.',
    zh: '所有运行都已到达终点，播放停在这里；按“播放”可以继续。',
  },
  'tried': {
    en: 'Tried for {steps} steps: a loss of {loss}, and {without} without it.',
    zh: '试走 {steps} 步：损失为 {loss}；不改则为 {without}。',
  },
  'tried.diverged': {
    en: 'Tried for {steps} steps: a loss of {loss}; without it the run diverges.',
    zh: '试走 {steps} 步：损失为 {loss}；不改则会发散。',
  },
  'do.again.rate': { en: 'From the start with this rate', zh: '用这个学习率从头开始' },
  'do.again': { en: 'From the start with these values', zh: '用这些设置从头开始' },
  'do.again.about': {
    en: 'This was changed when the run was at rest already, where it shows little.',
    zh: '这项修改是在运行已经静止之后作出的，那时看不出多少变化。',
  },
  'do.rate': { en: 'Use {lr}', zh: '改用 {lr}' },
  'do.momentum': { en: 'Use momentum {momentum}', zh: '改用动量 {momentum}' },
  'do.both': { en: 'Use momentum {momentum} and rate {lr}', zh: '改用动量 {momentum} 和学习率 {lr}' },
  'do.start': { en: 'Start from random weights', zh: '改用随机权重起步' },
  'do.nudge': { en: 'Nudge it', zh: '轻推一下' },
  'do.down': { en: 'Turn maximize off', zh: '关闭求最大' },
  'do.optimizer': { en: 'Change to {name}', zh: '改用 {name}' },
  'do.set': { en: 'Set {changes}', zh: '设为 {changes}' },
  'do.each': { en: '{name} = {value}', zh: '{name} = {value}' },
  'say.gap': { en: ' ', zh: '' },
  'say.step': { en: '1 step', zh: '1 步' },
  'say.steps': { en: '{count} steps', zh: '{count} 步' },
  'kind.minimum': { en: 'minimum', zh: '极小点' },
  'kind.saddle': { en: 'saddle', zh: '鞍点' },
  'kind.maximum': { en: 'maximum', zh: '极大点' },
  'kind.degenerate': { en: 'degenerate point', zh: '退化点' },
} as const;
