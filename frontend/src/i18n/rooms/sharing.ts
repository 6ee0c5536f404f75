/** Forks, share links, hashes, files to save and open, exports. */
export const en = {
  // --- fork ---
  'fork.here': 'Fork here',
  'fork.title': 'Fork here: a second branch of {name} from this step, to change one thing',
  'fork.full': 'No more than {count} runs',
  'fork.name': '{name} from {step}',
  'fork.from': 'left {parent} at step {step}',
  'fork.mark': '{run} branches off from {parent}',

  // --- share ---
  'share': 'Share',
  'share.title': 'Share this experiment',
  'share.about': 'Whoever opens this link sees the same experiment at step {step}.',
  'share.link': 'Link',
  'share.copy': 'Copy the link',
  'share.copied': 'Copied',
  'share.select': 'Copy it with your keyboard: it is selected.',
  'share.long': 'This experiment holds so many changes that the link would have {count} characters, more than many programs pass on. Save it as a file instead.',
  'share.hash': 'Numbers up to here',
  'share.hash.about': 'Whoever sees the same sign has the same numbers, bit for bit.',
  'share.same': 'Same numbers as the sender’s, up to step {step}.',
  'share.differs': 'The numbers differ from the sender’s: other device or version. Here {here}, there {there}, up to step {step}.',
  'share.close': 'Close this message',

  // --- files ---
  'file': 'File',
  'file.save': 'Save as a file',
  'file.open': 'Open a file…',
  'file.drop': 'Drop the file to open the experiment',
  'file.several': 'One file at a time, please.',
  'file.large': '{name} is too large to be an experiment ({size} KB).',
  'file.json': '{name} is not a JSON document.',
  'file.other': '{name} is JSON, and holds no experiment.',
  'file.newer': '{name} was made by a newer Steepest: it has version {version}, and this page reads version {known}.',
  'file.unreadable': '{name} cannot be read.',

  // --- export ---
  'export': 'Export',
  'export.title': 'Export: save the experiment for elsewhere',
  'export.about': 'The whole experiment, up to step {step}, as a file:',
  'export.python': 'Python script',
  'export.python.about': 'Plain PyTorch that repeats every step, and checks where it ends',
  'export.csv': 'CSV table',
  'export.csv.about': 'All numbers, a row a step, for spreadsheets and pandas',
  'export.html': 'HTML report',
  'export.html.about': 'Pictures and numbers on one page that needs nothing else',
  'export.busy': 'Being made…',
  'export.lost': 'The server did not answer; try again.',
} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {
  // --- fork ---
  'fork.here': '在此分支',
  'fork.title': '在此分支：从这一步起为 {name} 另开一支，改动一处',
  'fork.full': '最多 {count} 个运行',
  'fork.name': '{name}（自第 {step} 步）',
  'fork.from': '于第 {step} 步由 {parent} 分出',
  'fork.mark': '{run} 由 {parent} 分出',

  // --- share ---
  'share': '分享',
  'share.title': '分享此实验',
  'share.about': '打开此链接即可看到同一实验的第 {step} 步。',
  'share.link': '链接',
  'share.copy': '复制链接',
  'share.copied': '已复制',
  'share.select': '链接已选中，请用键盘复制。',
  'share.long': '此实验包含的修改过多，链接将有 {count} 个字符，许多程序无法传递。请改存为文件。',
  'share.hash': '至此的数值',
  'share.hash.about': '看到相同的标记，数值就逐位相同。',
  'share.same': '至第 {step} 步，数值与分享者相同。',
  'share.differs': '数值与分享者不同：设备或版本不同。至第 {step} 步，此处为 {here}，对方为 {there}。',
  'share.close': '关闭此消息',

  // --- files ---
  'file': '文件',
  'file.save': '存为文件',
  'file.open': '打开文件…',
  'file.drop': '松开鼠标即可打开实验',
  'file.several': '一次只能打开一个文件。',
  'file.large': '{name} 过大，不会是实验文件（{size} KB）。',
  'file.json': '{name} 不是 JSON 文档。',
  'file.other': '{name} 是 JSON，但不含实验。',
  'file.newer': '{name} 出自更新版本的 Steepest：版本为 {version}，本页面只能读版本 {known}。',
  'file.unreadable': '无法读取 {name}。',

  // --- export ---
  'export': '导出',
  'export.title': '导出：将实验存为其他格式',
  'export.about': '整个实验，直到第 {step} 步，存为文件：',
  'export.python': 'Python 脚本',
  'export.python.about': '普通的 PyTorch 代码，重现每一步并核对结果',
  'export.csv': 'CSV 表格',
  'export.csv.about': '全部数值，每步一行，可用于电子表格和 pandas',
  'export.html': 'HTML 报告',
  'export.html.about': '图与数值集于一页，无需其他文件',
  'export.busy': '正在生成…',
  'export.lost': '服务器没有应答，请重试。',
};
