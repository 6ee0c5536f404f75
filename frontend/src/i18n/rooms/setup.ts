/** What is learned, from what: the setup column of data problems. */
export const en = {
  'kind': 'What is minimised',
  'kind.surface': 'Surface',
  'kind.data': 'Data',
  'stage.many': 'This model has {count} parameters: its loss has no map over all of them.',

  'layers.width': 'Width of layer {n}',
  'layers.fewer': 'Narrower: layer {n}',
  'layers.more': 'Wider: layer {n}',
  'layers.add': 'Add layer',
  'layers.remove': 'Remove layer {n}',
  'layers.none': 'No hidden layer.',

  'rows.count': '{count} of at most {most} points',
  'rows.table': 'Show as a table',
  'rows.undo': 'Remove the last point',
  'rows.clear': 'Remove all points',
} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {
  'kind': '最小化什么',
  'kind.surface': '曲面',
  'kind.data': '数据',
  'stage.many': '该模型有 {count} 个参数：其损失无法在全部参数上画成地图。',

  'layers.width': '第 {n} 层的宽度',
  'layers.fewer': '变窄：第 {n} 层',
  'layers.more': '变宽：第 {n} 层',
  'layers.add': '添加一层',
  'layers.remove': '移除第 {n} 层',
  'layers.none': '没有隐藏层。',

  'rows.count': '{count} 个点，最多 {most} 个',
  'rows.table': '显示为表格',
  'rows.undo': '移除最后一个点',
  'rows.clear': '移除所有点',
};
