/** Something that a person did, as far as habits look at it. */
export interface Happening {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was done, such as `/report` or the name of a trigger. */
  readonly name: string;
  /** All of it, with its arguments; `name` where there is no more. */
  readonly line: string;
  /** Where it was done: a channel, a machine. */
  readonly place: string;
  /** What it was about: a folder, a thread, the flow that was run. */
  readonly about?: string;
}

/** What a happening is: something ordered, something said, a flow set off by hand, a mail of somebody. */
export const happeningKinds = ['command', 'talk', 'run', 'contact'] as const;
export type HappeningKind = (typeof happeningKinds)[number];

/** A happening as the ledger has it. */
export interface LedgerHappening extends Happening {
  readonly kind: HappeningKind;
}

/** What is likely to be done next. */
export interface Guess {
  readonly name: string;
  /** Between 0 and 1; of all guesses together 1. */
  readonly likely: number;
}

/** How often a habit comes. */
export const habitKinds = ['hourly', 'daily', 'weekdays', 'weekends', 'weekly', 'monthly'] as const;
export type HabitKind = (typeof habitKinds)[number];

/** Something that a person does again and again at about the same time of their clock. */
export interface Habit {
  readonly name: string;
  readonly kind: HabitKind;
  /** Minute of the day, or of the hour where it is hourly, about which it is done. */
  readonly minute: number;
  /** Half of the times are no further from it than so many minutes. */
  readonly withinMinutes: number;
  /** Of `weekly`: 1 is Monday. */
  readonly weekday?: number;
  /** Of `monthly`. */
  readonly dayOfMonth?: number;
  /** How often it was done when it could have been, of late. */
  readonly kept: number;
  readonly could: number;
  /** How likely so much would be by chance, by how busy the person is at that time; the lower the surer. */
  readonly chance: number;
  /** When it was done first and last, milliseconds since 1970. */
  readonly since: number;
  readonly last: number;
}

/** How active a person is in each hour of the week, and about when on each weekday. */
export interface ActiveHours {
  /** Happenings by weekday (0 is Monday), then by hour. */
  readonly byHour: readonly (readonly number[])[];
  readonly byWeekday: readonly {
    readonly count: number;
    /** Circular mean, minute of the day. */
    readonly meanMinute: number;
    /** Mean resultant length: 0 where it is spread over the day, 1 where all is in one minute. */
    readonly concentration: number;
  }[];
}

/** What a node of the behaviour graph stands for. */
export const graphNodeKinds = ['command', 'talk', 'run', 'contact', 'flow', 'place', 'time'] as const;

/** Something that occurs in what a person does. */
export interface GraphNode {
  /** Kind and name. */
  readonly id: string;
  readonly kind: (typeof graphNodeKinds)[number];
  readonly name: string;
  /** How often, what is older counting less. */
  readonly weight: number;
  readonly count: number;
}

/** How one thing goes with another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `then`: done after it; `in`: by that channel; `at`: in that part of the week; `of`: it sets off that flow. */
  readonly kind: 'then' | 'in' | 'at' | 'of';
  readonly weight: number;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly last: number;
}

/** What a person does, as nodes and edges that fade; the heaviest first. */
export interface BehaviourGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** All that is known of what a person does. Made of the ledger each time: nothing of it lies anywhere. */
export interface HabitsView {
  readonly zone: string;
  /** Milliseconds since 1970 of the first thing that was looked at. */
  readonly since?: number;
  readonly happenings: number;
  readonly habits: readonly Habit[];
  readonly hours: ActiveHours;
  /** The likeliest first; empty where nothing is known. */
  readonly next: readonly Guess[];
  readonly graph: BehaviourGraph;
}
