/** The step in numbers. */
export const step = {
  'step': { en: 'The step', zh: '这一步' },
  'step.tab': { en: 'Step', zh: '步骤' },
  'step.title': { en: 'The step in numbers: {from} → {to}', zh: '这一步的数值：{from} → {to}' },
  'step.show': { en: 'Show every line of the step', zh: '显示这一步的每一行' },
  'step.hide': { en: 'Hide the lines of the step', zh: '收起这一步的各行' },
  'step.none': { en: 'This optimizer does not show its steps in numbers.', zh: '此优化器不显示每一步的数值。' },
  'step.large': {
    en: 'A step of more than {most} parameters is not written out in numbers.',
    zh: '参数超过 {most} 个时，不逐项写出这一步的数值。',
  },
  'step.gradient': { en: 'gradient, uphill', zh: '梯度，指向上坡' },
  'step.update': { en: 'update', zh: '更新量' },
  'formula': { en: 'The function', zh: '函数' },
  'arrows': { en: 'Arrows', zh: '箭头' },
  'arrows.gradient': { en: 'gradient, uphill', zh: '梯度，指向上坡' },
  'arrows.momentum': { en: 'momentum', zh: '动量' },
  'arrows.update': { en: 'update', zh: '更新量' },
  'arrows.slope': { en: 'slope', zh: '坡度' },
  'arrows.scale': { en: '{name} × {scale}', zh: '{name} × {scale}' },
} as const;
