/** The map of runs: what becomes of a run for each value of two of its numbers. */
export const runMap = {
  'runmap': { en: 'Map of runs', zh: '运行图谱' },
  'runmap.tab': { en: 'Map of runs', zh: '运行图谱' },
  'runmap.about': {
    en: 'Each point is a run of its own, of {steps} steps. Click one and it plays on the stage.',
    zh: '每个点都是一次 {steps} 步的独立运行；点击即在舞台上播放。',
  },
  'runmap.hint': { en: 'The wheel, + and − zoom; drag to move.', zh: '滚轮或 + − 缩放，拖动可平移。' },
  'runmap.preset': { en: 'What the map shows', zh: '图谱内容' },
  'runmap.start': { en: 'start {name}', zh: '起点 {name}' },
  'runmap.label': {
    en: 'Map of runs, {x} to the right, {y} up. Arrow keys move the cursor, Enter plays that run, + and − zoom, 0 shows all.',
    zh: '运行图谱：向右为{x}，向上为{y}。方向键移动光标，回车播放该运行，+ 和 − 缩放，0 显示全部。',
  },
  'runmap.here': { en: '{x} {vx}, {y} {vy}: {outcome}', zh: '{x} {vx}，{y} {vy}：结果为{outcome}' },
  'runmap.converged': { en: 'at the minimum {at} from step {step} on', zh: '自第 {step} 步起停在极小点 {at}' },
  'runmap.diverged': { en: 'diverges at step {step}', zh: '第 {step} 步发散' },
  'runmap.running': { en: 'still on its way after {steps} steps', zh: '{steps} 步后仍在途中' },
  'runmap.key.converged': { en: 'at the minimum {at}', zh: '停在极小点 {at}' },
  'runmap.key.diverged': { en: 'diverges', zh: '发散' },
  'runmap.key.running': { en: 'still on its way', zh: '仍在途中' },
  'runmap.key.more': { en: '{count} more', zh: '另有 {count} 个' },
  'runmap.key.fading': { en: 'strong: early, faint: late', zh: '越浓越早，越淡越晚' },
  'runmap.theory': { en: 'theory: the rate beyond which it diverges', zh: '理论：学习率超过此线即发散' },
  'runmap.working': { en: '{percent} % drawn', zh: '已绘制 {percent}%' },
  'runmap.dot': { en: 'the run on the stage', zh: '舞台上的运行' },
  'runmap.none': { en: 'This run has no two numbers to make a map of.', zh: '此运行没有可供绘制图谱的两个数。' },
} as const;
