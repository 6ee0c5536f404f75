/** The kinds of Param that the catalog declares. */
import type { Param } from '../../core/experiment/catalog';

export type Kind = Param['kind'];
export type ParamOf<K extends Kind> = Extract<Param, { kind: K }>;
