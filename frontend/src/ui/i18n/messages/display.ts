/** Presenter mode, keyboard help, sound, pictures, embedding, the first minute. */
export const en = {
  'skip': 'To the stage',
  'page.setup': 'Problem and runs',
  'page.stage': 'Stage',

  // --- presenter mode and frames ---
  'present': 'Presenter mode',
  'present.leave': 'Leave presenter mode',
  'present.runs': 'Runs',
  'present.charts': 'Charts',
  'embed.open': 'Open in Steepest',
  'embed.newTab': 'Opens in a new tab',

  // --- keys ---
  'help': 'Keyboard',
  'help.close': 'Close',
  'help.fields': 'While you type in a field, every key is the field’s.',
  'help.points': 'On a picture that takes points: arrows move a crosshair, with Shift farther, Enter puts a point, Backspace takes the last one back.',
  'keys.page': 'Page',
  'keys.toggle': 'Play or pause',
  'keys.back10': 'Ten steps back',
  'keys.on10': 'Ten steps on',
  'keys.slower': 'Lower rate of the selected run',
  'keys.faster': 'Higher rate of the selected run',
  'keys.select': 'Select a run',
  'keys.theme': 'Light or dark',
  'keys.language': 'English or Chinese',
  'keys.leave': 'Close, or leave presenter mode',
  'keys.letters': 'Keys that write a character do something',
  'key.space': 'Space',

  // --- sound and pictures ---
  'sound': 'Sound of the loss',
  'picture': 'Save as a picture (PNG)',
  'picture.failed': 'The picture could not be made.',
  'picture.step': '{problem}, step {step}',

  // --- the stage in words ---
  'stage.run': '{name} at {at}, loss {loss}.',
  'stage.diverged': '{name} diverged at step {step}.',
  'stage.hidden': '{name} is hidden.',

  // --- the first minute ---
  'guide': 'Three things to try',
  'guide.rate': 'Turn SGD’s learning rate above {limit}',
  'guide.why': 'See why it fails',
  'guide.drag': 'Drag a point somewhere else',
  'guide.done': 'Done:',
  'guide.close': 'Put these hints away',
} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {
  'skip': '跳到主图',
  'page.setup': '问题与运行',
  'page.stage': '主图',

  'present': '演示模式',
  'present.leave': '退出演示模式',
  'present.runs': '运行',
  'present.charts': '图表',
  'embed.open': '在 Steepest 中打开',
  'embed.newTab': '在新标签页中打开',

  'help': '键盘操作',
  'help.close': '关闭',
  'help.fields': '在输入框中打字时，所有按键都归输入框使用。',
  'help.points': '在可以放点的图上：方向键移动十字线，按住 Shift 走得更远，Enter 放一个点，退格键收回上一个点。',
  'keys.page': '页面',
  'keys.toggle': '播放或暂停',
  'keys.back10': '后退十步',
  'keys.on10': '前进十步',
  'keys.slower': '调低所选运行的学习率',
  'keys.faster': '调高所选运行的学习率',
  'keys.select': '选择运行',
  'keys.theme': '浅色或深色',
  'keys.language': '中文或英文',
  'keys.leave': '关闭，或退出演示模式',
  'keys.letters': '启用字符快捷键',
  'key.space': '空格',

  'sound': '损失的声音',
  'picture': '保存为图片（PNG）',
  'picture.failed': '无法生成图片。',
  'picture.step': '{problem}，第 {step} 步',

  'stage.run': '{name} 位于 {at}，损失为 {loss}。',
  'stage.diverged': '{name} 在第 {step} 步发散。',
  'stage.hidden': '{name} 已隐藏。',

  'guide': '试试这三件事',
  'guide.rate': '把 SGD 的学习率调到 {limit} 以上',
  'guide.why': '看看它为什么失败',
  'guide.drag': '把一个点拖到别处',
  'guide.done': '已完成：',
  'guide.close': '收起这些提示',
};
