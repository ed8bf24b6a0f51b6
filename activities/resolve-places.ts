import type { Channel } from '../schemas/channel-file.ts';
import type { FileSet } from '../schemas/file-set.ts';

/** Where something can be delivered to. */
export interface Place {
  /** The channel's name. */
  readonly name: string;
  readonly channel: Channel;
  /** The owner's own address there. */
  readonly address: string;
}

/** All channels that can take a message for the owner, in the order of their names. */
export function everyPlace({ channels }: FileSet): Place[] {
  return [...channels.values()]
    .filter((channel) => channel.enabled && canDeliver(channel))
    .map((channel) => ({ name: channel.name, channel, address: channel.addresses[0]! }));
}

/**
 * Finds the channels that `deliver:` names. `mail:me` is the first channel that can deliver; `mail:home` is the file
 * `channels/home.yaml`, of whatever kind. Two names for one channel are one place.
 */
export function resolvePlaces(files: FileSet, deliver: readonly string[]): { places: Place[]; problems: string[] } {
  const all = everyPlace(files);
  const found = new Map<string, Place>();
  const problems: string[] = [];
  for (const entry of deliver) {
    const name = entry.slice(entry.indexOf(':') + 1);
    const place = name === 'me' || name === files.instance.owner.name ? all[0] : all.find((one) => one.name === name);
    if (place === undefined) problems.push(`${entry} names no channel that can deliver`);
    else found.set(place.name, place);
  }
  return { places: [...found.values()], problems };
}

const canDeliver = (channel: Channel) => channel.kind !== 'mail' || channel.smtp !== undefined;
