/** The panels under the sentence, and what is said of models: layers, verdicts, measures. */
export const training = {
  'panels': { en: 'In detail', zh: '细节' },
  'panels.show': { en: 'Show the panel', zh: '展开面板' },
  'panels.hide': { en: 'Hide the panel', zh: '收起面板' },

  // --- what happens to a model ---
  'say.summed.one': {
    en: '{name} never clears its gradient (zero_grad is off): from here on gradients add up.',
    zh: '{name} 从不清除梯度（zero_grad 已关闭）：从这里起梯度会累加。',
  },
  'say.summed': {
    en: '{name} never clears its gradient (zero_grad is off): {count} of them are in the sum that the next step follows, most of them of places long left.',
    zh: '{name} 从不清除梯度（zero_grad 已关闭）：下一步所依据的和里已有 {count} 个梯度，大多属于早已离开的地方。',
  },
  'say.edge': {
    en: '{name} is at the edge of stability since step {since}: the sharpness ({sharpness} when this was seen) hovers at {bound}, where lr × sharpness reaches its limit {limit}.',
    zh: '{name} 从第 {since} 步起处于稳定边缘：锐度（发现时为 {sharpness}）在 {bound} 附近徘徊，那里学习率 × 锐度达到极限 {limit}。',
  },
  'say.edge.why': {
    en: 'On a parabola every step beyond would overshoot farther; a net bends away instead, and its loss goes on falling, though not at every step.',
    zh: '若是抛物线，越过它后每一步都会冲得更远；神经网络却会弯开，损失继续下降，只是并非每一步都降。',
  },
  'say.overfitting': {
    en: '{name} is overfitting: its loss on the development part was lowest at step {since}, {best}, and has risen to {dev}.',
    zh: '{name} 过拟合：开发集上的损失在第 {since} 步最低，为 {best}，此后升到 {dev}。',
  },
  'say.overfitting.train': {
    en: 'On the training part it fell on meanwhile, from {then} to {train}: it learns these samples by heart. The weights of step {since} were the best ones.',
    zh: '同时训练集上的损失仍从 {then} 降到 {train}：它在死记这些样本。第 {since} 步的权重最好。',
  },
  'say.vanishing': {
    en: '{name} has vanishing gradients: in {layer} the gradient is {norm}, only {ratio} of the largest that {last}, nearest to the output, has had.',
    zh: '{name} 梯度消失：{layer} 的梯度只有 {norm}，仅为最靠近输出的 {last} 曾有的最大值的 {ratio}。',
  },
  'say.vanishing.why': {
    en: 'Each layer multiplies it by its weights and by the slope of its activation, at most 1/4 for a sigmoid: so the first layers hardly learn.',
    zh: '每经过一层，梯度都要乘上权重和激活函数的斜率（sigmoid 至多 1/4），所以前面的层几乎学不动。',
  },
  'say.exploding': {
    en: '{name} has exploding gradients: {norm} by now, {times} times the largest up to step {since}, and the loss is above where it began.',
    zh: '{name} 梯度爆炸：现为 {norm}，是第 {since} 步之前最大值的 {times} 倍，而损失已高于起点。',
  },
  'say.stalled': {
    en: '{name} hardly gets on: its training loss, {loss}, fell by only {percent} % in the last {span} steps.',
    zh: '{name} 几乎没有进展：训练损失为 {loss}，最近 {span} 步只下降了 {percent} %。',
  },
  'say.stalled.rises': {
    en: '{name} does not get on: its training loss, {loss}, rose by {percent} % in the last {span} steps.',
    zh: '{name} 没有进展：训练损失为 {loss}，最近 {span} 步反而上升了 {percent} %。',
  },
  'say.stalled.flat': {
    en: 'It is flat here, with a slope of {slope}: at this rate that is slow.',
    zh: '这里很平，坡度为 {slope}：以这个学习率走得很慢。',
  },
  'say.stalled.noise': {
    en: 'Each batch pulls another way, and at this rate the loss hovers about that noise: a smaller rate would bring it lower.',
    zh: '每一批样本拉向不同的方向，以这个学习率，损失就在这种噪声上下徘徊：学习率小一些会更低。',
  },
  'say.settled': {
    en: '{name} has come to rest at a training loss of {loss}: since step {since} its slope has been a tiny part (now {slope}) of the largest, {steepest}.',
    zh: '{name} 已经静止，训练损失为 {loss}：从第 {since} 步起，坡度只是最大值 {steepest} 的极小部分（现为 {slope}）。',
  },
  'cause.summed': {
    en: 'Its gradients were never cleared (zero_grad is off): each step followed the sum of all of them, faster and faster.',
    zh: '它从不清除梯度（zero_grad 已关闭）：每一步都依据所有梯度之和，越走越快。',
  },
  'cause.growing': {
    en: 'Its loss has grown since step {since}: the steps were too long for so steep a place.',
    zh: '从第 {since} 步起损失一直在增大：对这样陡的地方来说步子太长了。',
  },

  // --- the panel of layers ---
  'layers.tab': { en: 'Layers', zh: '各层' },
  'layers.title': { en: 'Layers at step {step}', zh: '第 {step} 步的各层' },
  'layers.line': { en: 'slowest: {name}, each step changes {ratio} of it', zh: '最慢：{name}，每步改变它的 {ratio}' },
  'layers.layer': { en: 'layer', zh: '层' },
  'layers.norm': { en: 'weights', zh: '权重' },
  'layers.gradient': { en: 'gradient', zh: '梯度' },
  'layers.ratio': { en: 'update ÷ weights', zh: '更新量 ÷ 权重' },
  'layers.values': { en: 'values', zh: '取值' },
  'layers.slow': { en: 'slow', zh: '慢' },
  'layers.fast': { en: 'fast', zh: '快' },
  'layers.healthy': {
    en: 'Lengths of each tensor and of its gradient. About 0.001 is a healthy update ÷ weights: much less hardly learns, much more throws away what was learnt.',
    zh: '各张量及其梯度的长度。更新量 ÷ 权重约为 0.001 时较健康：小得多则几乎学不动，大得多则会丢掉已学到的。',
  },
  'layers.spread': { en: 'values from {low} to {high}', zh: '取值从 {low} 到 {high}' },
  'layers.picture': { en: 'weights of {name}', zh: '{name} 的权重' },
  'layers.pictures': { en: '{name} as pictures, step {step}', zh: '{name} 画成图，第 {step} 步' },
  'layers.pictures.hint': {
    en: 'Ink where it is green speaks for the output, where it is purple against it.',
    zh: '绿色处的笔画支持该输出，紫色处反对它。',
  },
  'layers.all': { en: 'Every parameter at step {step}', zh: '第 {step} 步的全部参数' },
  'layers.all.hint': { en: 'Below each value, its gradient.', zh: '每个值下面是它的梯度。' },
  'layers.gradient.of': { en: 'gradient', zh: '梯度' },
  'layers.many': { en: 'Models of up to 64 parameters show every number here.', zh: '不超过 64 个参数的模型会在此显示每个数。' },
} as const;
