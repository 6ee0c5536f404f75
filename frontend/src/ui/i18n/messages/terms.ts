/** The terms that are explained where they stand in a sentence. */
export const terms = {
  'term.lambda': {
    en: 'λ: an eigenvalue of the Hessian, which is the curvature along one direction. Above 0 the surface bends up there, below 0 down.',
    zh: 'λ：Hessian 矩阵的特征值，即某个方向上的曲率。大于 0 表示曲面在那里向上弯，小于 0 表示向下弯。',
  },
  'term.kappa': {
    en: 'κ, the condition number: the largest curvature divided by the smallest. The larger it is, the narrower the valley, and the slower plain descent.',
    zh: 'κ，条件数：最大曲率除以最小曲率。它越大，山谷越窄，普通梯度下降就越慢。',
  },
  'term.mu': {
    en: 'μ, the momentum: the share of its last step that a run adds to the next one.',
    zh: 'μ，动量：运行把上一步的多大一部分加到下一步里。',
  },
  'term.curvature': {
    en: 'Curvature: how fast the slope changes along a direction, the second derivative there. Where it is large, only small rates are stable.',
    zh: '曲率：坡度沿某个方向变化的快慢，即那里的二阶导数。曲率大的地方，只有小学习率才稳定。',
  },
  'term.overshoot': {
    en: 'A step overshoots where it goes past the lowest point on its way and lands on the other side. If it lands higher each time, the run diverges.',
    zh: '冲过头：一步越过了途中的最低点，落到另一侧。如果每次都落得更高，运行就会发散。',
  },
  'term.sharpness': {
    en: 'Sharpness: the largest curvature of the loss, the largest eigenvalue of its Hessian.',
    zh: '锐度：损失的最大曲率，即 Hessian 矩阵的最大特征值。',
  },
} as const;
