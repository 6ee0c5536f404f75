/** Learning-rate schedules, and gradients that are not cleared. */
export const schedules = {
  'schedule': { en: 'Schedule', zh: '调度' },
  'schedule.of': { en: 'Learning-rate schedule of run {n}', zh: '运行 {n} 的学习率调度' },
  'schedule.none': { en: 'none: constant rate', zh: '无：学习率不变' },
  'schedule.hint': {
    en: 'It begins with the run. It starts from the learning rate above, or multiplies it; changing that rate scales the rest of the schedule.',
    zh: '从运行开始时生效，以上面的学习率为起点或乘数；改动学习率会按比例改变此后的学习率。',
  },
  'schedule.blind': {
    en: 'It depends on the losses, so the rate is not known ahead.',
    zh: '它取决于损失，因此无法预知今后的学习率。',
  },
  'schedule.plan': {
    en: 'The rate in the first {to} steps: {first} at step {from}, at most {most}, at least {least}, {last} at step {to}.',
    zh: '前 {to} 步的学习率：第 {from} 步为 {first}，最大 {most}，最小 {least}，第 {to} 步为 {last}。',
  },
  'schedule.first': { en: 'the first {to} steps', zh: '前 {to} 步' },
  'zeroGrad': { en: 'Clear the gradient before each step', zh: '每步之前清零梯度' },
  'zeroGrad.hint': {
    en: 'optimizer.zero_grad(), the line that is easily forgotten.',
    zh: 'optimizer.zero_grad()，很容易忘写的一行。',
  },
  'zeroGrad.off': {
    en: 'Gradients add up: each step follows the sum of all gradients so far.',
    zh: '梯度会累加：每一步都沿着到目前为止所有梯度之和走。',
  },
} as const;
