/** Short names for the wire types of a room. */
import type { Schemas } from '../protocol/wire';

export type Role = Schemas['Join']['role'];
export type RoomCommand = Schemas['RoomCommand'];
/** A command without its number. */
export type RoomCommandBody = RoomCommand extends infer C ? (C extends RoomCommand ? Omit<C, 'id'> : never) : never;
export type RoomEvent = Schemas['RoomEvent'];
/** The part, or the answer, with this `op`. */
export type RoomEventOf<Op extends RoomEvent['op']> = Extract<RoomEvent, { op: Op }>;

export type Activity = Schemas['Activity'];
export type ActivityOf<Kind extends Activity['kind']> = Extract<Activity, { kind: Kind }>;
export type Question = Schemas['Question'];
export type QuestionOf<Kind extends Question['kind']> = Extract<Question, { kind: Kind }>;
export type Answer = Schemas['Answer'];
export type AnswerOf<Kind extends Answer['kind']> = Extract<Answer, { kind: Kind }>;
export type Spread = Schemas['Spread'];
export type SpreadOf<Kind extends Spread['kind']> = Extract<Spread, { kind: Kind }>;
export type Truth = Schemas['Truth'];
export type TruthOf<Kind extends Truth['kind']> = Extract<Truth, { kind: Kind }>;
export type CloudEntry = Schemas['CloudEntry'];
export type Playing = Schemas['Playing'];
