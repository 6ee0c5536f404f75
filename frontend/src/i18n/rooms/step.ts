/** The step in numbers. */
export const en = {
  'step': 'The step',
  'step.title': 'The step in numbers: {from} → {to}',
  'step.show': 'Show every line of the step',
  'step.hide': 'Hide the lines of the step',
  'step.none': 'This optimizer does not show its steps in numbers.',
  'step.gradient': 'gradient, uphill',
  'step.update': 'update',
  'formula': 'The function',
  'arrows': 'Arrows',
  'arrows.gradient': 'gradient, uphill',
  'arrows.momentum': 'momentum',
  'arrows.update': 'update',
  'arrows.slope': 'slope',
  'arrows.scale': '{name} × {scale}',
} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {
  'step': '这一步',
  'step.title': '这一步的数值：{from} → {to}',
  'step.show': '显示这一步的每一行',
  'step.hide': '收起这一步的各行',
  'step.none': '此优化器不显示每一步的数值。',
  'step.gradient': '梯度，指向上坡',
  'step.update': '更新量',
  'formula': '函数',
  'arrows': '箭头',
  'arrows.gradient': '梯度，指向上坡',
  'arrows.momentum': '动量',
  'arrows.update': '更新量',
  'arrows.slope': '坡度',
  'arrows.scale': '{name} × {scale}',
};
