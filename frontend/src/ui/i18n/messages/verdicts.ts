/** What is said of a run, and of critical points. */
export const en = {
  'explain': 'What is happening',
  'explain.start': 'Press play to begin.',

  // --- buttons: what they do ---
  'do.rate': 'Use {lr}',
  'do.momentum': 'Use momentum {momentum}',
  'do.both': 'Use momentum {momentum} and rate {lr}',
  'do.nudge': 'Nudge it',
  'do.down': 'Turn maximize off',
  'do.optimizer': 'Change to {name}',
  'do.set': 'Set {changes}',
  'do.each': '{name} = {value}',

  // --- parts of sentences ---
  /** Between two sentences. */
  'say.gap': ' ',
  'say.name': '{name}: {what}',
  'say.step': '1 step',
  'say.steps': '{count} steps',
  'say.rescaled': 'The curvature is measured in the optimizer’s own rescaled coordinates.',

  // --- nothing out of the ordinary ---
  'say.descending': '{name} goes down, and nothing is out of the ordinary.',

  // --- steps that overshoot ---
  'say.over':
    'From step {since} on, lr × steepest curvature = {product}, above {limit}: each step overshoots farther along {direction}.',
  'say.over1': 'From step {since} on, lr × curvature = {product}, above {limit}: each step overshoots farther.',
  'say.limit': 'the limit {limit}',
  'say.limit.heavy': 'the limit 2(1 + μ) = {limit} for momentum μ = {mu}',
  'say.limit.nesterov': 'the limit 2(1 + μ)/(1 + 2μ) = {limit} for Nesterov momentum μ = {mu}',
  'say.limit.other': 'the limit {limit} for momentum μ = {mu}',
  'say.largest': 'The largest stable rate here is {largest}.',
  'say.swing': '{name} has been swinging to and fro along {direction} since step {since}; its last step that way was {swing}.',
  'say.swing1': '{name} has been jumping to and fro since step {since}; its last step was {swing}.',
  'say.round':
    '{name} has been swinging through the middle and back along {direction} since step {since}, turning about every {half}; at step {step} the swing was {swing} wide.',
  'say.round1':
    '{name} has been swinging through the middle and back since step {since}, turning about every {half}; at step {step} the swing was {swing} wide.',
  'say.round.heavy': 'The two roots of its law are a complex pair, so each step leaves √μ = {factor} of the swing, whatever the curvature: half of it after {steps}.',
  'say.round.nesterov': 'The two roots of its law are a complex pair, so each step leaves √(μ(1 − lr·λ)) = {factor} of the swing: half of it after {steps}.',
  'say.round.grows': 'Each step multiplies the swing by {factor}.',
  'say.round.fades': 'Each step leaves {factor} of the swing: half of it after {steps}.',
  'say.swing.fades': 'Each swing is {factor} times the one before: half as wide after {steps}.',
  'say.swing.stays': 'The swing neither grows nor fades, so this goes on for ever.',
  'say.swing.grows': 'Each swing is {factor} times the one before.',

  // --- critical points ---
  'kind.minimum': 'minimum',
  'kind.saddle': 'saddle',
  'kind.maximum': 'maximum',
  'kind.degenerate': 'degenerate point',
  'near.saddle': '{name} is near a saddle at {at}: the surface curves up one way and down another (λ = {eigenvalues}).',
  'near.maximum': '{name} is near a maximum at {at}: every way is down (λ = {eigenvalues}).',
  'near.maximum1': '{name} is near a maximum at {at}: both ways are down (λ = {eigenvalues}).',
  'near.minimum': '{name} is near a minimum at {at}: the surface curves up every way (λ = {eigenvalues}).',
  'near.minimum1': '{name} is near a minimum at {at}: the curve bends up both ways (λ = {eigenvalues}).',
  'near.degenerate':
    '{name} is near a degenerate point at {at}: the curvature vanishes there (λ = {eigenvalues}), so it does not tell which kind of point it is.',
  'near.degenerate.some':
    '{name} is near a degenerate point at {at}: in one direction the curvature vanishes (λ = {eigenvalues}), so it does not tell which kind of point it is.',
  'say.down': 'The steepest way down is along {downhill}.',
  'say.leave': 'Each step multiplies the distance by {factor}: it should leave at about step {escape}; {steps} here so far.',
  'say.leave.late':
    'Each step multiplies the distance by {factor}: it should have left at about step {escape}; {steps} here so far.',
  'say.leave.some': 'Each step multiplies the distance by {factor}; {steps} here so far.',
  'say.leave.never': 'Each step multiplies the distance by {factor}, so it does not leave.',
  'say.leave.unknown': 'How long it stays is not known for this optimizer; {steps} here so far.',
  'say.stuck': 'It stands exactly on the ridge: nothing pushes it off, however long you wait.',
  'say.escaped': '{name} left the {kind} at {at} after {steps}.',
  'say.escaped.predicted': '{name} left the {kind} at {at} after {steps} (predicted {predicted}).',
  'say.escaped.exactly': '{name} left the {kind} at {at} after {steps}, as predicted.',

  // --- slow, and done ---
  'say.plateau':
    '{name} has been on a plateau since step {since}: the slope is {slope}, where {even} would lead evenly down to the lowest place, {bottom} (loss {lowest}); 100 steps at this pace go only {reach}.',
  'say.plateau.tail':
    '{name} has been on a plateau since step {since}: a slope of {slope} and a curvature of at most {curvature}, so 100 steps at this pace go only {reach}.',
  'say.valley':
    '{name} crawls along a slow valley, the way {direction}: the surface curves {condition} times as much across it as along it, and each step leaves {factor} of the distance: half of it after {half}.',
  'say.valley.best':
    'Without momentum no rate beats (κ−1)/(κ+1) = {best} (rate {rate}); momentum {momentum} with rate {momentumRate} leaves {momentumBest}.',
  'say.converged': '{name} converged at step {step}: it rests in the minimum at {at}, loss {loss}.',
  'say.lowest': 'It is not the lowest one: {value} is reached at {at}.',

  // --- away ---
  'say.bottomless':
    '{name} left the picture at step {since} and falls at every step, without overshooting (loss {loss}): this surface falls for ever; no learning rate helps.',
  'say.diverged': '{name} diverged at step {step}.',
  'say.diverged.last': '{name} diverged at step {step}; the last finite loss was {loss}.',
  'cause.momentum': 'A momentum of 1 or more keeps all of its speed, so no learning rate lets it settle.',
  'cause.dampening': 'With this dampening the gradient no longer pushes downhill, so no learning rate is stable.',
  'cause.climbing': 'It was told to climb (maximize is on), and this surface has no top.',
  'cause.bottomless': 'This surface falls for ever; no learning rate helps.',
  'cause.wall': 'The step was a stable one: it is the function itself that has no finite value or slope there.',
  'cause.start': 'The function has no finite value or slope at the start.',
  'cause.unknown': 'The loss or its gradient is not a finite number there; the records do not show why.',

  // --- on the timeline ---
  'mark.diverged': '{run} diverged',
  'mark.near': '{run} comes near a {kind}',
  'mark.escaped': '{run} has left the {kind}',
  'mark.unstable': '{run} overshoots: the rate is above the limit',
  'mark.converged': '{run} converged',
} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {
  'explain': '正在发生什么',
  'explain.start': '按下播放键开始。',

  'do.rate': '改用 {lr}',
  'do.momentum': '改用动量 {momentum}',
  'do.both': '改用动量 {momentum} 和学习率 {lr}',
  'do.nudge': '轻推一下',
  'do.down': '关闭求最大',
  'do.optimizer': '改用 {name}',
  'do.set': '设为 {changes}',
  'do.each': '{name} = {value}',

  'say.gap': '',
  'say.name': '{name}：{what}',
  'say.step': '1 步',
  'say.steps': '{count} 步',
  'say.rescaled': '这里的曲率是在优化器自己缩放过的坐标中量得的。',

  'say.descending': '{name} 正在下降，一切正常。',

  'say.over': '从第 {since} 步起，学习率 × 最大曲率 = {product}，超过{limit}：每一步都沿 {direction} 方向越冲越远。',
  'say.over1': '从第 {since} 步起，学习率 × 曲率 = {product}，超过{limit}：每一步都越冲越远。',
  'say.limit': '上限 {limit}',
  'say.limit.heavy': '动量 μ = {mu} 时的上限 2(1 + μ) = {limit}',
  'say.limit.nesterov': 'Nesterov 动量 μ = {mu} 时的上限 2(1 + μ)/(1 + 2μ) = {limit}',
  'say.limit.other': '动量 μ = {mu} 时的上限 {limit}',
  'say.largest': '在这里，最大的稳定学习率是 {largest}。',
  'say.swing': '{name} 从第 {since} 步起沿 {direction} 来回摆动，这个方向上最近一步的长度是 {swing}。',
  'say.swing1': '{name} 从第 {since} 步起来回跳动，最近一步的长度是 {swing}。',
  'say.round': '{name} 从第 {since} 步起沿 {direction} 来回穿过谷底摆动，约每 {half}折返一次，第 {step} 步时摆幅是 {swing}。',
  'say.round1': '{name} 从第 {since} 步起来回穿过谷底摆动，约每 {half}折返一次，第 {step} 步时摆幅是 {swing}。',
  'say.round.heavy': '它的递推式有一对共轭复根，因此无论曲率多大，每一步都只留下摆幅的 √μ = {factor}：{steps}后减半。',
  'say.round.nesterov': '它的递推式有一对共轭复根，因此每一步只留下摆幅的 √(μ(1 − 学习率·λ)) = {factor}：{steps}后减半。',
  'say.round.grows': '每一步把摆幅乘以 {factor}。',
  'say.round.fades': '每一步留下摆幅的 {factor}：{steps}后减半。',
  'say.swing.fades': '每次摆幅是前一次的 {factor} 倍：{steps}后减半。',
  'say.swing.stays': '摆幅既不增大也不减小，会一直这样下去。',
  'say.swing.grows': '每次摆幅是前一次的 {factor} 倍。',

  'kind.minimum': '极小点',
  'kind.saddle': '鞍点',
  'kind.maximum': '极大点',
  'kind.degenerate': '退化点',
  'near.saddle': '{name} 接近 {at} 处的鞍点：曲面在一个方向上向上弯，在另一个方向上向下弯（λ = {eigenvalues}）。',
  'near.maximum': '{name} 接近 {at} 处的极大点：每个方向都是下坡（λ = {eigenvalues}）。',
  'near.maximum1': '{name} 接近 {at} 处的极大点：两侧都是下坡（λ = {eigenvalues}）。',
  'near.minimum': '{name} 接近 {at} 处的极小点：曲面在每个方向上都向上弯（λ = {eigenvalues}）。',
  'near.minimum1': '{name} 接近 {at} 处的极小点：曲线在两侧都向上弯（λ = {eigenvalues}）。',
  'near.degenerate':
    '{name} 接近 {at} 处的退化点：那里的曲率为零（λ = {eigenvalues}），因此无法由曲率判断它是哪一类点。',
  'near.degenerate.some':
    '{name} 接近 {at} 处的退化点：有一个方向上的曲率为零（λ = {eigenvalues}），因此无法由曲率判断它是哪一类点。',
  'say.down': '最陡的下坡方向是 {downhill}。',
  'say.leave': '每一步把距离乘以 {factor}：预计大约在第 {escape} 步离开；到现在已停留 {steps}。',
  'say.leave.late': '每一步把距离乘以 {factor}：本应大约在第 {escape} 步离开；到现在已停留 {steps}。',
  'say.leave.some': '每一步把距离乘以 {factor}；到现在已停留 {steps}。',
  'say.leave.never': '每一步把距离乘以 {factor}，因此它不会离开。',
  'say.leave.unknown': '这种优化器要停留多久尚不可知；到现在已停留 {steps}。',
  'say.stuck': '它恰好停在脊线上：没有任何力推它离开，等多久都一样。',
  'say.escaped': '{name} 用了 {steps}离开 {at} 处的{kind}。',
  'say.escaped.predicted': '{name} 用了 {steps}离开 {at} 处的{kind}（预计 {predicted}）。',
  'say.escaped.exactly': '{name} 用了 {steps}离开 {at} 处的{kind}，与预计相同。',

  'say.plateau':
    '{name} 从第 {since} 步起停在平台上：坡度只有 {slope}，而均匀下到最低处 {bottom}（损失 {lowest}）需要 {even}；照这样 100 步只能走 {reach}。',
  'say.plateau.tail':
    '{name} 从第 {since} 步起停在平台上：坡度为 {slope}，曲率不超过 {curvature}，照这样 100 步只能走 {reach}。',
  'say.valley':
    '{name} 沿一条狭长的山谷缓慢前进，方向为 {direction}：横向的曲率是纵向的 {condition} 倍，每一步之后还剩距离的 {factor}，{half}后剩一半。',
  'say.valley.best':
    '不用动量时，最好也只能是 (κ−1)/(κ+1) = {best}（学习率 {rate}）；动量 {momentum} 配学习率 {momentumRate} 则只剩 {momentumBest}。',
  'say.converged': '{name} 在第 {step} 步收敛：停在 {at} 处的极小点，损失为 {loss}。',
  'say.lowest': '它不是最低的：在 {at} 处可以达到 {value}。',

  'say.bottomless':
    '{name} 在第 {since} 步离开画面，此后每一步都在下降，并没有冲过头（损失 {loss}）：这个曲面无限下降，任何学习率都无济于事。',
  'say.diverged': '{name} 在第 {step} 步发散。',
  'say.diverged.last': '{name} 在第 {step} 步发散，最后一个有限的损失是 {loss}。',
  'cause.momentum': '动量达到或超过 1 时速度丝毫不减，任何学习率都无法使它停下。',
  'cause.dampening': '阻尼这样大时，梯度不再把它推向下坡，任何学习率都不稳定。',
  'cause.climbing': '它被要求上坡（已开启求最大），而这个曲面没有最高点。',
  'cause.bottomless': '这个曲面无限下降，任何学习率都无济于事。',
  'cause.wall': '这一步本身是稳定的：是函数自己在那里没有有限的值或斜率。',
  'cause.start': '函数在起点处没有有限的值或斜率。',
  'cause.unknown': '那里的损失或梯度不再是有限的数，记录中看不出原因。',

  'mark.diverged': '{run} 发散',
  'mark.near': '{run} 接近{kind}',
  'mark.escaped': '{run} 离开{kind}',
  'mark.unstable': '{run} 越冲越远：学习率超过上限',
  'mark.converged': '{run} 收敛',
};
