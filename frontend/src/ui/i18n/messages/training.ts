/** The panels under the sentence, and what is said of models: layers, verdicts, measures. */
export const en = {
  'panels': 'In detail',
  'panels.show': 'Show the panel',
  'panels.hide': 'Hide the panel',

  // --- what happens to a model ---
  'say.summed.one': '{name} never clears its gradient (zero_grad is off): from here on gradients add up.',
  'say.summed':
    '{name} never clears its gradient (zero_grad is off): {count} of them are in the sum that the next step follows, most of them of places long left.',
  'say.edge':
    '{name} is at the edge of stability since step {since}: the sharpness ({sharpness} when this was seen) hovers at {bound}, where lr × sharpness reaches its limit {limit}.',
  'say.edge.why': 'On a parabola every step beyond would overshoot farther; a net bends away instead, and its loss goes on falling, though not at every step.',
  'say.overfitting':
    '{name} is overfitting: its loss on the development part was lowest at step {since}, {best}, and has risen to {dev}.',
  'say.overfitting.train':
    'On the training part it fell on meanwhile, from {then} to {train}: it learns these samples by heart. The weights of step {since} were the best ones.',
  'say.vanishing':
    '{name} has vanishing gradients: in {layer} the gradient is {norm}, only {ratio} of the largest that {last}, nearest to the output, has had.',
  'say.vanishing.why':
    'Each layer multiplies it by its weights and by the slope of its activation, at most 1/4 for a sigmoid: so the first layers hardly learn.',
  'say.exploding':
    '{name} has exploding gradients: {norm} by now, {times} times the largest up to step {since}, and the loss is above where it began.',
  'say.stalled': '{name} hardly gets on: its training loss, {loss}, fell by only {percent} % in the last {span} steps.',
  'say.stalled.rises': '{name} does not get on: its training loss, {loss}, rose by {percent} % in the last {span} steps.',
  'say.stalled.flat': 'It is flat here, with a slope of {slope}: at this rate that is slow.',
  'say.stalled.noise': 'Each batch pulls another way, and at this rate the loss hovers about that noise: a smaller rate would bring it lower.',
  'say.settled':
    '{name} has come to rest at a training loss of {loss}: since step {since} its slope has been a tiny part (now {slope}) of the largest, {steepest}.',
  'cause.summed': 'Its gradients were never cleared (zero_grad is off): each step followed the sum of all of them, faster and faster.',
  'cause.growing': 'Its loss has grown since step {since}: the steps were too long for so steep a place.',

  // --- the panel of layers ---
  'layers.tab': 'Layers',
  'layers.title': 'Layers at step {step}',
  'layers.line': 'slowest: {name}, each step changes {ratio} of it',
  'layers.layer': 'layer',
  'layers.norm': 'weights',
  'layers.gradient': 'gradient',
  'layers.ratio': 'update ÷ weights',
  'layers.values': 'values',
  'layers.slow': 'slow',
  'layers.fast': 'fast',
  'layers.healthy': 'Lengths of each tensor and of its gradient. About 0.001 is a healthy update ÷ weights: much less hardly learns, much more throws away what was learnt.',
  'layers.spread': 'values from {low} to {high}',
  'layers.picture': 'weights of {name}',
  'layers.pictures': '{name} as pictures, step {step}',
  'layers.pictures.hint': 'Ink where it is green speaks for the output, where it is purple against it.',
  'layers.all': 'Every parameter at step {step}',
  'layers.all.hint': 'Below each value, its gradient.',
  'layers.gradient.of': 'gradient',
  'layers.many': 'Models of up to 64 parameters show every number here.',
} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {
  'panels': '细节',
  'panels.show': '展开面板',
  'panels.hide': '收起面板',

  // --- 模型上发生的事 ---
  'say.summed.one': '{name} 从不清除梯度（zero_grad 已关闭）：从这里起梯度会累加。',
  'say.summed': '{name} 从不清除梯度（zero_grad 已关闭）：下一步所依据的和里已有 {count} 个梯度，大多属于早已离开的地方。',
  'say.edge':
    '{name} 从第 {since} 步起处于稳定边缘：锐度（发现时为 {sharpness}）在 {bound} 附近徘徊，那里学习率 × 锐度达到极限 {limit}。',
  'say.edge.why': '若是抛物线，越过它后每一步都会冲得更远；神经网络却会弯开，损失继续下降，只是并非每一步都降。',
  'say.overfitting': '{name} 过拟合：开发集上的损失在第 {since} 步最低，为 {best}，此后升到 {dev}。',
  'say.overfitting.train': '同时训练集上的损失仍从 {then} 降到 {train}：它在死记这些样本。第 {since} 步的权重最好。',
  'say.vanishing': '{name} 梯度消失：{layer} 的梯度只有 {norm}，仅为最靠近输出的 {last} 曾有的最大值的 {ratio}。',
  'say.vanishing.why': '每经过一层，梯度都要乘上权重和激活函数的斜率（sigmoid 至多 1/4），所以前面的层几乎学不动。',
  'say.exploding': '{name} 梯度爆炸：现为 {norm}，是第 {since} 步之前最大值的 {times} 倍，而损失已高于起点。',
  'say.stalled': '{name} 几乎没有进展：训练损失为 {loss}，最近 {span} 步只下降了 {percent} %。',
  'say.stalled.rises': '{name} 没有进展：训练损失为 {loss}，最近 {span} 步反而上升了 {percent} %。',
  'say.stalled.flat': '这里很平，坡度为 {slope}：以这个学习率走得很慢。',
  'say.stalled.noise': '每一批样本拉向不同的方向，以这个学习率，损失就在这种噪声上下徘徊：学习率小一些会更低。',
  'say.settled': '{name} 已经静止，训练损失为 {loss}：从第 {since} 步起，坡度只是最大值 {steepest} 的极小部分（现为 {slope}）。',
  'cause.summed': '它从不清除梯度（zero_grad 已关闭）：每一步都依据所有梯度之和，越走越快。',
  'cause.growing': '从第 {since} 步起损失一直在增大：对这样陡的地方来说步子太长了。',

  // --- 各层面板 ---
  'layers.tab': '各层',
  'layers.title': '第 {step} 步的各层',
  'layers.line': '最慢：{name}，每步改变它的 {ratio}',
  'layers.layer': '层',
  'layers.norm': '权重',
  'layers.gradient': '梯度',
  'layers.ratio': '更新量 ÷ 权重',
  'layers.values': '取值',
  'layers.slow': '慢',
  'layers.fast': '快',
  'layers.healthy': '各张量及其梯度的长度。更新量 ÷ 权重约为 0.001 时较健康：小得多则几乎学不动，大得多则会丢掉已学到的。',
  'layers.spread': '取值从 {low} 到 {high}',
  'layers.picture': '{name} 的权重',
  'layers.pictures': '{name} 画成图，第 {step} 步',
  'layers.pictures.hint': '绿色处的笔画支持该输出，紫色处反对它。',
  'layers.all': '第 {step} 步的全部参数',
  'layers.all.hint': '每个值下面是它的梯度。',
  'layers.gradient.of': '梯度',
  'layers.many': '不超过 64 个参数的模型会在此显示每个数。',
};
