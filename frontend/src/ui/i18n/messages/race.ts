/** The race table. */
export const race = {
  'race': { en: 'Race', zh: '竞赛' },
  'race.to': { en: 'to a loss of', zh: '目标损失' },
  'race.run': { en: 'run', zh: '运行' },
  'race.steps': { en: 'steps', zh: '步数' },
  'race.evaluations': { en: 'gradient evaluations', zh: '梯度求值次数' },
  'race.fewest': { en: 'fewest', zh: '最少' },
  'race.not': { en: 'not by step {step}', zh: '到第 {step} 步仍未达到' },
  'race.first': { en: 'Loss {loss}: {name} first, after {steps} steps.', zh: '损失 {loss}：{name} 最先到达，用了 {steps} 步。' },
  'race.none': { en: 'Loss {loss}: no run is there yet.', zh: '损失 {loss}：还没有运行到达。' },
  'race.about': {
    en: 'One step evaluates the gradient once; L-BFGS does so several times. Of runs in batches, the loss on all training data counts, measured every 10 steps.',
    zh: '一步通常求一次梯度；L-BFGS 每步求多次。使用小批量时，以每 10 步测得的全部训练数据上的损失为准。',
  },
  'race.about.hessian': {
    en: 'One step evaluates the gradient once; L-BFGS does so several times. Newton needs the Hessian besides, which is not counted. Of runs in batches, the loss on all training data counts, measured every 10 steps.',
    zh: '一步通常求一次梯度；L-BFGS 每步求多次。牛顿法另需海森矩阵，未计入。使用小批量时，以每 10 步测得的全部训练数据上的损失为准。',
  },
} as const;
