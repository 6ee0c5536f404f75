/** Forks, share links, hashes, files to save and open, exports. */
export const sharing = {
  // --- fork ---
  'fork.here': { en: 'Fork here', zh: '在此分支' },
  'fork.title': {
    en: 'Fork here: a second branch of {name} from this step, to change one thing',
    zh: '在此分支：从这一步起为 {name} 另开一支，改动一处',
  },
  'fork.full': { en: 'No more than {count} runs', zh: '最多 {count} 个运行' },
  'fork.name': { en: '{name} from {step}', zh: '{name}（自第 {step} 步）' },
  'fork.from': { en: 'left {parent} at step {step}', zh: '于第 {step} 步由 {parent} 分出' },
  'fork.mark': { en: '{run} branches off from {parent}', zh: '{run} 由 {parent} 分出' },

  // --- share ---
  'share': { en: 'Share', zh: '分享' },
  'share.title': { en: 'Share this experiment', zh: '分享此实验' },
  'share.about': {
    en: 'This link opens the same experiment at step {step}.',
    zh: '此链接打开同一实验的第 {step} 步。',
  },
  'share.link': { en: 'Link', zh: '链接' },
  'share.copy': { en: 'Copy the link', zh: '复制链接' },
  'share.copied': { en: 'Copied', zh: '已复制' },
  'share.select': { en: 'The link is selected: copy it with your keyboard.', zh: '链接已选中，请用键盘复制。' },
  'share.long': {
    en: 'This experiment holds so many changes that the link would have {count} characters, more than many programs pass on. Save it as a file instead.',
    zh: '此实验包含的修改过多，链接将有 {count} 个字符，许多程序无法传递。请改存为文件。',
  },
  'share.hash': { en: 'Hash up to this step', zh: '到这一步的哈希' },
  'share.hash.about': { en: 'Equal hashes mean equal numbers, bit for bit.', zh: '哈希相同，则数值逐位相同。' },
  'share.same': { en: 'Up to step {step} the numbers are the same as the sender’s.', zh: '到第 {step} 步，数值与分享者的相同。' },
  'share.differs': {
    en: 'Up to step {step} the numbers differ from the sender’s: other device or version. Hash here {here}, the sender’s {there}.',
    zh: '到第 {step} 步，数值与分享者的不同：设备或版本不同。此处的哈希为 {here}，分享者的为 {there}。',
  },
  'share.close': { en: 'Close this message', zh: '关闭此消息' },

  // --- files ---
  'file.save': { en: 'Save as a file', zh: '存为文件' },
  'file.open': { en: 'Open a file…', zh: '打开文件…' },
  'file.drop': { en: 'Drop the file to open the experiment', zh: '松开鼠标即可打开实验' },
  'file.several': { en: 'Open one file at a time.', zh: '一次只能打开一个文件。' },
  'file.large': { en: '{name} is too large to be an experiment ({size} KB).', zh: '{name} 过大，不会是实验文件（{size} KB）。' },
  'file.json': { en: '{name} is not a JSON document.', zh: '{name} 不是 JSON 文档。' },
  'file.other': { en: '{name} is JSON, and holds no experiment.', zh: '{name} 是 JSON，但不含实验。' },
  'file.newer': {
    en: '{name} was made by a newer Steepest: it has version {version}, and this page reads version {known}.',
    zh: '{name} 出自更新版本的 Steepest：版本为 {version}，本页面只能读版本 {known}。',
  },
  'file.unreadable': { en: '{name} cannot be read.', zh: '无法读取 {name}。' },

  // --- export ---
  'export': { en: 'Export', zh: '导出' },
  'export.title': { en: 'Export: save the experiment in another format', zh: '导出：将实验存为其他格式' },
  'export.about': { en: 'The whole experiment, up to step {step}, as a file:', zh: '整个实验，直到第 {step} 步，存为文件：' },
  'export.python': { en: 'Python script', zh: 'Python 脚本' },
  'export.python.about': {
    en: 'Plain PyTorch that repeats every step, and checks where it ends',
    zh: '普通的 PyTorch 代码，重现每一步并核对结果',
  },
  'export.notebook': { en: 'Jupyter notebook', zh: 'Jupyter 笔记本' },
  'export.notebook.about': {
    en: 'The same code in cells with explanations, and a plot of the loss',
    zh: '同样的代码，分成单元并配说明，附损失曲线',
  },
  'export.csv': { en: 'CSV table', zh: 'CSV 表格' },
  'export.csv.about': { en: 'All numbers, a row a step, for spreadsheets and pandas', zh: '全部数值，每步一行，可用于电子表格和 pandas' },
  'export.html': { en: 'HTML report', zh: 'HTML 报告' },
  'export.html.about': { en: 'Plots and numbers in one file that needs nothing else', zh: '图与数值在同一个文件中，无需其他文件' },
  'export.weights': { en: 'Weights (safetensors)', zh: '权重（safetensors）' },
  'export.weights.about': {
    en: 'All parameters of {run} at its last step, by their PyTorch names',
    zh: '{run} 最后一步的全部参数，按 PyTorch 的名称保存',
  },
  'export.weights.none': { en: 'Only models have weights; this is a surface', zh: '只有模型才有权重；这里是曲面' },
  'weights.open': { en: 'Open weights…', zh: '打开权重…' },
  'weights.about': {
    en: 'A .safetensors file of this model: the selected run moves to these weights at step {step}.',
    zh: '选择此模型的 .safetensors 文件：所选运行将在第 {step} 步移到这些权重处。',
  },
  'weights.large': {
    en: '{name} is too large ({size} KB): weights of at most 2,500 parameters fit into an experiment.',
    zh: '{name} 过大（{size} KB）：实验最多能写入 2,500 个参数。',
  },
  'export.film': { en: 'Film (WebM)', zh: '影片（WebM）' },
  'export.film.about': { en: 'The stage from the start to step {step}, for slides', zh: '舞台画面，从起点到第 {step} 步，可放进幻灯片' },
  'export.film.first': { en: 'Play some steps first', zh: '请先播放几步' },
  'export.film.busy': { en: 'Filming step {step} of {until}; press to cancel', zh: '正在录制第 {step} 步，共 {until} 步；再按一次取消' },
  'export.film.none': { en: 'This browser cannot record films', zh: '此浏览器无法录制影片' },
  'export.film.failed': { en: 'The browser could not record the film.', zh: '浏览器未能录制影片。' },
  'export.busy': { en: 'Creating the file…', zh: '正在生成文件…' },
  'export.lost': { en: 'The server did not answer; try again.', zh: '服务器没有应答，请重试。' },
} as const;
