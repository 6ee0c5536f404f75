/** The picture of the data: what is drawn, and what the models say of it. */
export const data = {
  'data': { en: 'The data', zh: '数据' },
  'data.view': { en: 'View of the data', zh: '数据视图' },
  'data.view.data': { en: 'Samples', zh: '样本' },
  'data.view.confusion': { en: 'Confusion', zh: '混淆矩阵' },
  'data.run': { en: 'Run to show', zh: '显示哪个运行' },
  'data.waiting': { en: 'Loading the data…', zh: '正在加载数据……' },
  'data.picture': { en: 'Save the picture of the data', zh: '保存数据图' },

  // --- axes and points ---
  'data.part.train': { en: 'training', zh: '训练' },
  'data.part.dev': { en: 'development', zh: '开发' },
  'data.part.test': { en: 'test', zh: '测试' },
  'data.sample': { en: 'sample {n}, {part}', zh: '样本 {n}，{part}' },
  'data.probability': { en: 'probability of {name}', zh: '{name}的概率' },
  'data.probabilities': { en: 'probability of each class', zh: '各类的概率' },
  'data.true': { en: 'true', zh: '真实值' },
  'data.predicted': { en: 'predicted', zh: '预测值' },
  'data.key': { en: 'Key', zh: '图例' },
  'data.key.line': { en: 'the prediction is 0.5', zh: '预测为 0.5 的位置' },
  'data.key.border': { en: 'where the prediction changes', zh: '预测改变的边界' },
  'data.key.sure': { en: 'bar: the probability', zh: '横条：概率' },
  'data.key.first': { en: '{shown} of {count} samples are drawn', zh: '画出 {count} 个样本中的 {shown} 个' },

  // --- in words, for who does not see it ---
  'data.label': { en: 'The data and the models’ predictions. Step {step}.', zh: '数据与模型的预测。第 {step} 步。' },
  'stage.loss': { en: '{name}: loss {loss}.', zh: '{name}：损失 {loss}。' },
  'data.words.sizes': {
    en: '{count} samples: {train} to train on, {dev} for development, {test} for the test.',
    zh: '{count} 个样本：训练 {train} 个，开发 {dev} 个，测试 {test} 个。',
  },
  'data.words.line': {
    en: '{name}: {y0} at {x0} = {from}, {y1} at {x0} = {to}.',
    zh: '{name}：{x0} = {from} 时为 {y0}，{x0} = {to} 时为 {y1}。',
  },
  'data.words.half': {
    en: '{name}: its probability of {to} is 0.5 at {input} = {at}.',
    zh: '{name}：{to}的概率在 {input} = {at} 处为 0.5。',
  },
  'data.words.nohalf': {
    en: '{name}: its probability of {to} is nowhere 0.5 in the picture; it goes from {y0} to {y1}.',
    zh: '{name}：图中{to}的概率没有等于 0.5 的地方；它从 {y0} 变到 {y1}。',
  },
  'data.words.map': { en: '{name}: {share} % of the picture is {to}.', zh: '{name}：图中 {share}% 判为{to}。' },
  'data.words.heat': { en: '{name}: values from {low} to {high} in the picture.', zh: '{name}：图中的值从 {low} 到 {high}。' },
  'data.words.images': { en: '{name}: {right} of {count} pictures right.', zh: '{name}：{count} 张图中答对 {right} 张。' },
  'data.words.table': { en: '{name}: predictions are {off} off on average.', zh: '{name}：预测平均相差 {off}。' },
  'data.words.gone': { en: '{name}: the values are not finite.', zh: '{name}：数值已不是有限的。' },
  'data.words.accuracy': {
    en: 'Right at step {step}: {train} % of the training part{others}.',
    zh: '第 {step} 步的正确率：训练集 {train}%{others}。',
  },
  'data.words.other': { en: ', {share} % of the {part} part', zh: '，{part}集 {share}%' },

  // --- confusion matrix ---
  'data.confusion': {
    en: '{name}, step {step}: the {part} part, {count} samples; {share} % right',
    zh: '{name}，第 {step} 步：{part}集，{count} 个样本；正确 {share}%',
  },
  'data.confusion.waiting': { en: 'No measurement yet.', zh: '还没有测量结果。' },
  'data.confusion.true': { en: 'true', zh: '真实类别' },
  'data.confusion.given': { en: 'predicted', zh: '预测类别' },

  // --- points by hand ---
  'data.points': { en: 'Place points', zh: '放置点' },
  'data.points.hint': { en: 'Click on the plot to place a point.', zh: '在图上点击即可放一个点。' },
  'data.points.keys': {
    en: 'Place points by key: arrows move the crosshair (farther with Shift), Enter places a point, Backspace removes the last one.',
    zh: '用按键放点：方向键移动十字线（按住 Shift 移动更远），Enter 放一个点，退格键删除上一个点。',
  },
  'data.points.at': { en: 'x = {x}, y = {y}; {count} points', zh: 'x = {x}，y = {y}；{count} 个点' },
  'data.points.class': { en: 'Class of the next point', zh: '下一个点的类别' },
  'data.points.undo': { en: 'Undo', zh: '撤销' },
  'data.points.clear': { en: 'Clear', zh: '清空' },
  'data.points.full': { en: 'At most {most} points.', zh: '最多 {most} 个点。' },
  'data.points.cleared': { en: 'No points. Click on the plot to place the first.', zh: '没有点了。在图上点击放第一个点。' },
} as const;
