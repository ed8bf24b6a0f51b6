import type { Lane, Mutation } from './reload-plan.ts';
import { saveMutation } from './save-mutation.ts';
import type { ListView, ListWatch } from './watch-list.ts';

/** A save is in force, or its fault is told, within this long. */
export const limitMs = 1_000;
/** Where the list shows already what it should go on showing, it is watched for so long whether it does. */
const holdMs = 600;
/** A breach is known after a second; how late it was is worth waiting for. */
const giveUpMs = 15_000;

/** Version in force of one file, and whether its newest text is broken. */
export interface LaneState {
  version: number;
  broken: boolean;
}

export interface Played {
  /** From the last byte to the answer that shows it; absent where the list had nothing to change. */
  readonly ms?: number;
  /** What was wrong in what the list showed. */
  readonly breach?: string;
}

/** Saves one mutation and watches the list until it shows what it should; a wrong version is a breach at any moment. */
export async function playMutation(
  home: string,
  list: ListWatch,
  state: LaneState,
  mutation: Mutation,
): Promise<Played> {
  const { lane, version } = mutation;
  const good = mutation.what === 'good';
  const allowed = good ? [state.version, version] : [state.version];
  const wanted = good ? version : state.version;
  const wrong = (view: ListView) => {
    const shown = view.versions.get(lane);
    return shown !== undefined && allowed.includes(shown)
      ? undefined
      : `shows ${shown ?? 'nothing'}, expected ${allowed.join(' or ')}`;
  };
  let breach: string | undefined;
  let saved: number | undefined;
  const saving = saveMutation(home, mutation).then((at) => {
    saved = at;
  });
  for (;;) {
    const view = await list.next();
    breach ??= wrong(view);
    if (saved === undefined) continue;
    await saving;
    const shows = view.versions.get(lane) === wanted && view.faults.get(lane) === (good ? undefined : true);
    const ms = view.answered - saved;
    const held = !good && state.broken;
    if (held ? ms > holdMs : shows || ms > giveUpMs) {
      if (!shows) breach ??= `after ${Math.round(ms)} ms shows ${view.versions.get(lane)}, ${faultWords(view, lane)}`;
      else if (!held && ms > limitMs) breach ??= `took ${Math.round(ms)} ms`;
      state.version = wanted;
      state.broken = !good;
      return { ...(held ? {} : { ms }), ...(breach === undefined ? {} : { breach }) };
    }
  }
}

const faultWords = (view: ListView, lane: Lane) =>
  view.faults.has(lane) ? `with a fault, last good in force: ${view.faults.get(lane)}` : 'without a fault';
