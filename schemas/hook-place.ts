import { z } from 'zod';

/** Where an answer goes in a chat service that is reached by its hooks; only its adapter reads it. */
const hookPlace = z.object({
  /** The service's id of the channel. */
  channel: z.string().max(200).optional(),
  /** What the answer hangs under: a thread's root. */
  thread: z.string().max(200).optional(),
  /** An address that takes a few answers for some minutes, given with the request. */
  respond: z.string().max(2_000).optional(),
});
export type HookPlace = z.infer<typeof hookPlace>;

/** Writes a place as an address. Pure. */
export const writeHookPlace = (place: HookPlace): string => JSON.stringify(place);

/** Reads what `writeHookPlace` wrote; undefined for any other address. Pure. */
export function readHookPlace(address: string): HookPlace | undefined {
  try {
    const read = hookPlace.safeParse(JSON.parse(address));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
