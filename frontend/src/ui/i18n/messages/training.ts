/** The panels under the sentence, and the panel of layers. */
export const training = {
  'panels': { en: 'In detail', zh: '细节' },
  'panels.show': { en: 'Show the panel', zh: '展开面板' },
  'panels.hide': { en: 'Hide the panel', zh: '收起面板' },

  // --- the panel of layers ---
  'layers.tab': { en: 'Layers', zh: '各层' },
  'layers.title': { en: 'Layers at step {step}', zh: '第 {step} 步的各层' },
  'layers.line': { en: 'slowest: {name}; each step changes it by {ratio} of its norm', zh: '最慢：{name}，每步的改变量是其范数的 {ratio}' },
  'layers.layer': { en: 'layer', zh: '层' },
  'layers.norm': { en: 'weights', zh: '权重' },
  'layers.gradient': { en: 'gradient', zh: '梯度' },
  'layers.ratio': { en: 'update ÷ weights', zh: '更新量 ÷ 权重' },
  'layers.values': { en: 'values', zh: '取值' },
  'layers.slow': { en: 'slow', zh: '慢' },
  'layers.fast': { en: 'fast', zh: '快' },
  'layers.healthy': {
    en: 'The norm of each tensor and of its gradient. A healthy update ÷ weights is about 0.001: with much less the layer barely learns, with much more it loses what it has learned.',
    zh: '各张量及其梯度的范数。更新量 ÷ 权重约为 0.001 时较健康：小得多则几乎学不到东西，大得多则会丢掉已学到的。',
  },
  'layers.spread': { en: 'values from {low} to {high}', zh: '取值从 {low} 到 {high}' },
  'layers.picture': { en: 'weights of {name}', zh: '{name} 的权重' },
  'layers.pictures': { en: '{name} as pictures, step {step}', zh: '{name} 画成图，第 {step} 步' },
  'layers.pictures.hint': {
    en: 'Ink on green raises the output, ink on purple lowers it.',
    zh: '绿色处的笔画使该输出增大，紫色处的使它减小。',
  },
  'layers.all': { en: 'Every parameter at step {step}', zh: '第 {step} 步的全部参数' },
  'layers.all.hint': { en: 'Below each value, its gradient.', zh: '每个值下面是它的梯度。' },
  'layers.gradient.of': { en: 'gradient', zh: '梯度' },
  'layers.many': { en: 'Models of up to 64 parameters show every number here.', zh: '不超过 64 个参数的模型会在此显示每个数。' },
} as const;
