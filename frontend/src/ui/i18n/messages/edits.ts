/** The rate's slider; undo, redo and what a change discards. */
export const edits = {
  'undo': { en: 'Undo', zh: '撤销' },
  'redo': { en: 'Redo', zh: '重做' },
  'rate.zones': {
    en: 'Here: steady below {swing}, swings but settles up to {limit}, diverges above.',
    zh: '此处：低于 {swing} 平稳；到 {limit} 为止振荡但收敛；再高则发散。',
  },
  'rate.lower': { en: 'Show lower rates', zh: '显示更小的学习率' },
  'rate.higher': { en: 'Show higher rates', zh: '显示更大的学习率' },
  'discarded.steps': {
    en: 'Changed at step {step}: steps {from} to {to} of {runs} are computed anew.',
    zh: '在第 {step} 步作了修改：{runs}的第 {from} 至 {to} 步将重新计算。',
  },
  'discarded.start': {
    en: 'Changed at the start: steps {from} to {to} of {runs} are computed anew.',
    zh: '从起点开始修改：{runs}的第 {from} 至 {to} 步将重新计算。',
  },
  'discarded.edits': { en: 'Later changes that are gone: {edits}.', zh: '之后的修改已丢弃：{edits}。' },
  'discarded.edit': { en: '{name} at step {step}', zh: '{name}第 {step} 步' },
} as const;
