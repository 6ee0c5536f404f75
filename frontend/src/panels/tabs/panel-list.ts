/** The panels below the sentence, in the order of their tabs. Each declares for which experiments it is shown. */
import type { Component } from 'svelte';
import { isLearning } from '../../core/experiment/problem';
import type { Experiment } from '../../core/protocol/wire';
import type { ExperimentProps } from '../../core/session/types';
import type { PlainKey } from '../../ui/i18n/i18n.svelte';
import StepPanel from '../step/StepPanel.svelte';

export interface Panel {
  readonly id: string;
  /** The tab's label. */
  readonly title: PlainKey;
  /** Fetches the panel's code when its tab is first selected. It draws a PanelFrame. */
  readonly load: () => Promise<{ default: Component<ExperimentProps> }>;
  shown(experiment: Experiment): boolean;
}

export const PANELS: readonly Panel[] = [
  { id: 'step', title: 'step.tab', load: () => Promise.resolve({ default: StepPanel }), shown: () => true },
  { id: 'layers', title: 'layers.tab', load: () => import('../layers/LayersPanel.svelte'), shown: ({ problem }) => isLearning(problem) },
  { id: 'backprop', title: 'backprop', load: () => import('../backprop/BackpropPanel.svelte'), shown: () => true },
  { id: 'check', title: 'check', load: () => import('../gradient-check/GradientCheckPanel.svelte'), shown: () => true },
  { id: 'runmap', title: 'runmap.tab', load: () => import('../map/MapPanel.svelte'), shown: () => true },
  { id: 'race', title: 'race', load: () => import('../race/RacePanel.svelte'), shown: ({ runs }) => runs.length > 1 },
];
