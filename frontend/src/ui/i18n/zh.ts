/** Every word of the page in Simplified Chinese. */
import type { Messages } from './en';
import { zh as data } from './messages/data';
import { zh as showing } from './messages/display';
import { zh as gallery } from './messages/gallery';
import { zh as looks } from './messages/queries';
import { zh as schedules } from './messages/schedules';
import { zh as setup } from './messages/setup';
import { zh as sharing } from './messages/sharing';
import { zh as step } from './messages/step';
import { zh as training } from './messages/training';
import { zh as verdicts } from './messages/verdicts';

export const zh: Messages = {
  ...gallery,
  ...data,
  ...training,
  ...verdicts,
  ...step,
  ...schedules,
  ...setup,
  ...looks,
  ...sharing,
  ...showing,

  'title': 'Steepest',
  'tagline': '梯度下降实时演示',

  // --- header ---
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
  'run.removed': '已删除 {name}。',
  'run.restore': '撤销',
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
};
