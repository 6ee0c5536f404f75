/** The panels under the sentence, in the order of their tabs. Which of them a problem has is each one's own affair. */
import type { Component } from 'svelte';
import BackpropPanel from '../backprop/BackpropPanel.svelte';
import CheckPanel from '../check/CheckPanel.svelte';
import { isLearning } from '../experiment/problem';
import type { PlainKey } from '../i18n/i18n.svelte';
import LayersPanel from '../layers/LayersPanel.svelte';
import type { Catalog, Experiment, Session } from '../session/types';
import StepPanel from '../step/StepPanel.svelte';

/** Each draws a PanelFrame. */
export interface PanelProps {
  session: Session;
  catalog: Catalog;
  experiment: Experiment;
}

export interface Panel {
  readonly id: string;
  /** Of its tab. */
  readonly title: PlainKey;
  readonly component: Component<PanelProps>;
  shown(experiment: Experiment): boolean;
}

export const PANELS: readonly Panel[] = [
  { id: 'step', title: 'step.tab', component: StepPanel, shown: () => true },
  { id: 'layers', title: 'layers.tab', component: LayersPanel, shown: ({ problem }) => isLearning(problem) },
  { id: 'backprop', title: 'backprop', component: BackpropPanel, shown: () => true },
  { id: 'check', title: 'check', component: CheckPanel, shown: () => true },
];
