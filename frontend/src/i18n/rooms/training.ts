/** The panels under the sentence, and what is said of models: layers, verdicts, measures. */
export const en = {
  'panels': 'In detail',
  'panels.show': 'Show the panel',
  'panels.hide': 'Hide the panel',
} as const;

export const zh: Readonly<Record<keyof typeof en, string>> = {
  'panels': '细节',
  'panels.show': '展开面板',
  'panels.hide': '收起面板',
};
