/** Every word of the page in Simplified Chinese. */
import type { Messages } from './en';
import { zh as sharing } from './rooms/sharing';
import { zh as showing } from './rooms/showing';
import { zh as step } from './rooms/step';
import { zh as verdicts } from './rooms/verdicts';

export const zh: Messages = {
  ...verdicts,
  ...step,
  ...sharing,
  ...showing,

  'title': 'Steepest',
  'tagline': '梯度下降实时演示',

  // --- header ---
  'header.language': '语言',
  'header.other': 'English',
  'theme': '配色',
  'theme.auto': '跟随系统',
  'theme.light': '浅色',
  'theme.dark': '深色',
  'connection.connecting': '正在连接',
  'connection.live': '已连接',
  'connection.lost': '连接已断开，正在重连',
  'connection.torch': 'torch {version}',

  // --- setup ---
  'setup': '问题',
  'setup.problem': '问题',
  'start': '起点',
  'start.menu': '选择起点',
  'start.other': '自定义的点',
  'start.several': '各运行不同',
  'start.hint': '也可以在图上点击，或拖动点来移动它。',
  'start.hint.curve': '也可以在曲线上点击，或拖动点来移动它。',
  'more': '随机种子与精度',
  'seed': '随机种子',
  'dtype': '数值格式',

  // --- runs ---
  'runs': '运行',
  'runs.add': '添加运行',
  'run': '运行 {n}',
  'run.optimizer': '运行 {n} 的优化器',
  'run.select': '解说运行 {n}：{name}',
  'run.show': '显示运行 {n}',
  'run.hide': '隐藏运行 {n}',
  'run.duplicate': '复制运行 {n}',
  'run.remove': '删除运行 {n}',
  'run.more': '更多设置',
  'run.start': '此运行的起点',
  'run.loss': '损失 {loss}',
  'run.converged': '已收敛',
  'run.diverged': '在第 {step} 步发散',

  // --- controls ---
  'control.none': '无',
  'control.slider': '{name}，滑块',
  'control.notNumber': '请输入一个数，例如 0.1 或 1e-3。',
  'control.notWhole': '请输入一个整数。',

  'control.column': '第 {column} 列：{message}',

  'fault.close': '关闭此消息',

  // --- transport ---
  'transport': '播放控制',
  'transport.play': '播放',
  'transport.pause': '暂停',
  'transport.start': '回到开头',
  'transport.back': '后退一步',
  'transport.on': '前进一步',
  'transport.end': '跳到末尾',
  'transport.speed': '速度',
  'transport.fast': '全速',
  'transport.rate': '{speed} 步/秒',
  'transport.step': '第 {step} 步',
  'transport.timeline': '当前步',
  'transport.of': '第 {step} 步，共 {last} 步',
  'transport.clear': '撤销全部修改',
  'transport.marks': '事件',
  'mark.at': '第 {step} 步',
  'mark.between': '第 {from} 至 {to} 步',
  'mark.edit': '{run}：{changes}',
  'mark.set': '{name} {before} → {value}',
  'mark.optimizer': '改用 {name}',
  'mark.moved': '移动到 {point}',
  'mark.more': '另有 {count} 项',
  'mark.saddle': '{run} 接近鞍点',

  // --- what is happening ---
  'was.use': '改用 {lr}',
  'was.gap': '',
  'was.name': '{name}：{what}',
  'was.over': '学习率 × 最大曲率 = {product}，超过上限 {limit}：每一步都沿 {direction} 方向越冲越远。',
  'was.over1': '学习率 × 曲率 = {product}，超过上限 {limit}：每一步都越冲越远。',
  'was.limit.momentum': '动量为 {mu} 时，上限是 2(1 + μ) = {limit}。',
  'was.limit.nesterov': 'Nesterov 动量为 {mu} 时，上限是 {limit}。',
  'was.largest': '在这里，学习率小于 {largest} 才稳定。',
  'was.diverged': '{name} 在第 {step} 步发散。',
  'was.diverged.last': '{name} 在第 {step} 步发散，最后一个有限的损失是 {loss}。',
  'was.diverged.momentum': '动量为 {mu} 时速度丝毫不减，任何学习率都无法使它停下。',
  'was.diverged.climbs': '它被要求上坡（已开启求最大），而这个曲面没有最高点。',
  'was.diverged.falls': '这个曲面无限下降，任何学习率都无济于事。',
  'was.diverged.adaptive': '这种优化器的学习率没有简单的上限，请试试更小的值。',
  'was.diverged.other': '那里的损失或梯度不再是有限的数。',
  'was.converged': '{name} 在第 {step} 步收敛：停在 {at} 处的极小点，损失为 {loss}。',
  'was.lowest': '它不是最低的：在 {at} 处可以达到 {value}。',
  'was.falls': '{name} 已离开画面并继续下降：这个曲面无限下降，任何学习率都无济于事。',
  'was.near.saddle': '{name} 接近 {at} 处的鞍点：曲面在一个方向上向上弯，在另一个方向上向下弯（λ = {eigenvalues}）。下坡方向是 {downhill}。',
  'was.near.maximum': '{name} 接近 {at} 处的极大点：每个方向都是下坡（λ = {eigenvalues}），沿 {downhill} 最陡。',
  'was.near.maximum1': '{name} 接近 {at} 处的极大点：两侧都是下坡（λ = {eigenvalues}）。',
  'was.near.minimum': '{name} 接近 {at} 处的极小点：曲面在每个方向上都向上弯（λ = {eigenvalues}）。',
  'was.near.degenerate': '{name} 接近 {at} 处的退化点：那里的曲率为零（λ = {eigenvalues}），因此无法由曲率判断它是哪一类点。',
  'was.escape': '每一步把距离乘以 1 + lr·|λ| = {factor}：大约再走 {steps} 步就能离开。',
  'was.stuck': '它恰好停在脊线上：没有任何力推它离开，等多久都一样。把点稍微拖动一下试试。',
};
