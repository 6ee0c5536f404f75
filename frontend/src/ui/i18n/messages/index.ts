/** Every message of the page by its key, in each language. Names in braces are filled in. */
import type { Words } from '../../../core/experiment/catalog';
import type { classroom } from './classroom';
import type { classroomTeacher } from './classroom-teacher';
import { data } from './data';
import { display } from './display';
import { edits } from './edits';
import { gallery } from './gallery';
import { network } from './network';
import { page } from './page';
import { plot } from './plot';
import { queries } from './queries';
import { race } from './race';
import { runMap } from './run-map';
import { schedules } from './schedules';
import { setup } from './setup';
import { sharing } from './sharing';
import { step } from './step';
import { terms } from './terms';
import { training } from './training';
import { verdicts } from './verdicts';

export const MESSAGES = {
  ...page,
  ...setup,
  ...schedules,
  ...data,
  ...plot,
  ...network,
  ...verdicts,
  ...terms,
  ...step,
  ...training,
  ...queries,
  ...gallery,
  ...sharing,
  ...display,
  ...edits,
  ...race,
  ...runMap,
} satisfies Record<string, Words>;

/** All messages: those above, and what is loaded with the parts of the page that show it. */
export type Messages = typeof MESSAGES & typeof classroom & typeof classroomTeacher;
export type Key = keyof Messages;
