/** Presenter mode, keyboard help, sound, pictures, embedding, the first minute. */
export const display = {
  'skip': { en: 'To the stage', zh: '跳到主图' },
  'page.setup': { en: 'Problem and runs', zh: '问题与运行' },
  'page.stage': { en: 'Stage', zh: '主图' },

  // --- presenter mode and frames ---
  'present': { en: 'Presenter mode', zh: '演示模式' },
  'rate.bar': { en: 'Learning rate of the selected run', zh: '所选运行的学习率' },
  'present.leave': { en: 'Leave presenter mode', zh: '退出演示模式' },
  'present.runs': { en: 'Runs', zh: '运行' },
  'present.charts': { en: 'Charts', zh: '图表' },
  'embed.open': { en: 'Open in Steepest', zh: '在 Steepest 中打开' },
  'embed.newTab': { en: 'Opens in a new tab', zh: '在新标签页中打开' },

  // --- a class ---
  'class': { en: 'Class', zh: '课堂' },
  'class.close': { en: 'Close', zh: '关闭' },
  'class.about': {
    en: 'Phones in the same Wi-Fi join by a code, and see what you show, ask and let them try. Nothing is installed, and nothing leaves this machine.',
    zh: '同一 Wi-Fi 中的手机用课堂码加入，看到你展示的、提问的和让他们尝试的内容。无需安装，数据不离开这台机器。',
  },
  'class.loopback': {
    en: 'Only this machine can reach this server. Stop it, and start it for a class:',
    zh: '目前只有这台机器能访问此服务器。请停止它，再为课堂启动：',
  },
  'class.installed': { en: 'Where Steepest is installed as a package:', zh: '如果 Steepest 是作为软件包安装的：' },
  'class.forbidden': { en: 'Only who has the server’s own link may open a room.', zh: '只有持有服务器自身链接的人才能开课堂。' },
  'class.names': { en: 'Without names, each phone is called by a colour and an animal. Names are deleted when the lesson ends.', zh: '不问名字时，每部手机以一种颜色和一种动物称呼。课堂结束时名字会被删除。' },
  'class.open': { en: 'Open a room', zh: '开启课堂' },
  'class.noanswer': { en: 'The server does not answer.', zh: '服务器没有应答。' },

  // --- keys ---
  'help': { en: 'Keyboard', zh: '键盘操作' },
  'help.close': { en: 'Close', zh: '关闭' },
  'help.fields': { en: 'While you type in a field, keys apply to the field only.', zh: '在输入框中打字时，按键只作用于输入框。' },
  'help.points': {
    en: 'On a plot that takes points: arrows move the crosshair (farther with Shift), Enter places a point, Backspace removes the last one.',
    zh: '在可以放点的图上：方向键移动十字线（按住 Shift 移动更远），Enter 放一个点，退格键删除上一个点。',
  },
  'keys.page': { en: 'Page', zh: '页面' },
  'keys.toggle': { en: 'Play or pause', zh: '播放或暂停' },
  'keys.back10': { en: 'Ten steps back', zh: '后退十步' },
  'keys.on10': { en: 'Ten steps on', zh: '前进十步' },
  'keys.slower': { en: 'Lower rate of the selected run', zh: '调低所选运行的学习率' },
  'keys.faster': { en: 'Higher rate of the selected run', zh: '调高所选运行的学习率' },
  'keys.select': { en: 'Select a run', zh: '选择运行' },
  'keys.theme': { en: 'Light or dark', zh: '浅色或深色' },
  'keys.language': { en: 'English or Chinese', zh: '中文或英文' },
  'keys.leave': { en: 'Close, or leave presenter mode', zh: '关闭，或退出演示模式' },
  'keys.letters': { en: 'Use single-character keys', zh: '启用字符快捷键' },
  'key.space': { en: 'Space', zh: '空格' },

  // --- sound and pictures ---
  'sound': { en: 'Sound of the loss', zh: '损失的声音' },
  'picture': { en: 'Save as a picture (PNG)', zh: '保存为图片（PNG）' },
  'picture.failed': { en: 'The image could not be saved.', zh: '无法保存图片。' },
  'picture.step': { en: '{problem}, step {step}', zh: '{problem}，第 {step} 步' },

  // --- the stage in words ---
  'stage.run': { en: '{name} at {at}, loss {loss}.', zh: '{name} 位于 {at}，损失为 {loss}。' },
  'stage.diverged': { en: '{name} diverged at step {step}.', zh: '{name} 在第 {step} 步发散。' },
  'stage.hidden': { en: '{name} is hidden.', zh: '{name} 已隐藏。' },

  // --- the first minute ---
  'guide': { en: 'Three things to try', zh: '试试这三件事' },
  'guide.rate': { en: 'Raise SGD’s learning rate above {limit}', zh: '把 SGD 的学习率调到 {limit} 以上' },
  'guide.rate.flat': { en: 'At y = 0 only x can diverge: raise SGD’s learning rate above {limit}', zh: 'y = 0 时只有 x 会发散：把 SGD 的学习率调到 {limit} 以上' },
  'guide.why': { en: 'See why it fails', zh: '看看它为什么失败' },
  'guide.drag': { en: 'Drag a point somewhere else', zh: '把一个点拖到别处' },
  'guide.done': { en: 'Done:', zh: '已完成：' },
  'guide.close': { en: 'Close these hints', zh: '关闭这些提示' },
} as const;
