/** The few words that the stage and the charts write themselves. */
import { language } from '../../core/browser/language';
import { en, zh } from './messages/verdicts';

/** A word that the page's sentences use as well. */
function both(key: keyof typeof en): { en: string; zh: string } {
  return { en: en[key], zh: zh[key] };
}

const MESSAGES = {
  'map.label': {
    en: 'Map of the loss over {x} and {y} with the paths of {runs} runs. Step {step}.',
    zh: '损失关于 {x} 和 {y} 的等高线图，画有 {runs} 条运行轨迹。第 {step} 步。',
  },
  'curve.label': {
    en: 'Curve of the loss over {x} with the points of {runs} runs. Step {step}.',
    zh: '损失关于 {x} 的曲线，画有 {runs} 个运行的点。第 {step} 步。',
  },
  'surface.label': {
    en: 'The loss over {x} and {y} as a surface in three dimensions with the paths of {runs} runs. Step {step}.',
    zh: '损失关于 {x} 和 {y} 的三维曲面，画有 {runs} 条运行轨迹。第 {step} 步。',
  },
  'view': { en: 'View', zh: '视图' },
  'view.map': { en: 'Map', zh: '平面图' },
  'view.curve': { en: 'Curve', zh: '曲线' },
  'view.3d': { en: '3-D', zh: '三维' },
  'zoom.in': { en: 'Zoom in', zh: '放大' },
  'zoom.out': { en: 'Zoom out', zh: '缩小' },
  'zoom.reset': { en: 'Show all', zh: '显示全部' },
  'turn.left': { en: 'Turn left', zh: '向左转' },
  'turn.right': { en: 'Turn right', zh: '向右转' },
  'no3d': {
    en: 'This browser cannot draw in 3-D (WebGL is off or missing). The map shows the same surface from above.',
    zh: '此浏览器无法绘制三维图（WebGL 已关闭或不可用）。平面图从上方显示同一曲面。',
  },
  'noplot': { en: 'The picture could not be loaded. Reload the page to try again.', zh: '图形加载失败，请刷新页面重试。' },
  'points': { en: 'Critical points in the picture', zh: '画面中的临界点' },
  'kind.minimum': both('kind.minimum'),
  'kind.saddle': both('kind.saddle'),
  'kind.maximum': both('kind.maximum'),
  'kind.degenerate': both('kind.degenerate'),
  'chart.loss': { en: 'loss', zh: '损失' },
  'chart.gradNorm': { en: 'gradient norm', zh: '梯度范数' },
  'chart.params': { en: 'parameters', zh: '参数' },
  'chart.grads': { en: 'gradients', zh: '梯度分量' },
  'chart.curvature': { en: 'curvature λmax', zh: '曲率 λmax' },
  'chart.accuracy': { en: 'accuracy', zh: '准确率' },
  'part.train': { en: 'train', zh: '训练' },
  'part.dev': { en: 'dev', zh: '开发' },
  'part.test': { en: 'test', zh: '测试' },
  'chart.lr': { en: 'learning rate', zh: '学习率' },
  'lr.blind': { en: 'not known ahead', zh: '无法预知' },
  'limit.plain': { en: '2/lr', zh: '2/lr' },
  'limit.heavy': { en: '2(1+μ)/lr', zh: '2(1+μ)/lr' },
  'limit.nesterov': { en: '2(1+μ)/((1+2μ)lr)', zh: '2(1+μ)/((1+2μ)lr)' },
  'limit.other': { en: 'limit', zh: '上限' },
  'limit.none': { en: 'no limit of lr alone', zh: '没有只由 lr 决定的上限' },
  'charts': { en: 'Charts', zh: '图表' },
  'charts.which': { en: 'Which charts', zh: '显示哪些图表' },
  'charts.first': { en: 'Loss', zh: '损失' },
  'charts.second': { en: 'Parameters', zh: '参数' },
  'charts.label': {
    en: 'Charts over the steps: {names}. Step {step} of {last}. {losses}',
    zh: '随步数变化的图表：{names}。第 {step} 步，共 {last} 步。{losses}',
  },
  'charts.run': { en: 'Run {run}: loss {loss}.', zh: '运行 {run}：损失 {loss}。' },
  'charts.step': { en: 'step', zh: '步' },
  'scale': { en: 'Loss axis', zh: '损失坐标轴' },
  'scale.log': { en: 'log', zh: '对数' },
  'scale.linear': { en: 'linear', zh: '线性' },
} as const satisfies Record<string, { en: string; zh: string }>;

export type MessageKey = keyof typeof MESSAGES;

/** The message in the page's language, with {names} filled in. */
export function translate(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  return MESSAGES[key][language()].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
