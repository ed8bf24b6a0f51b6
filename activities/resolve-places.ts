import { type Channel, isPrivate, speaksAt } from '../schemas/channel-file.ts';
import type { FileSet } from '../schemas/file-set.ts';

/** Where something can be delivered to. */
export interface Place {
  /** The channel's name. */
  readonly name: string;
  readonly channel: Channel;
  /** The owner's own address there, or what `speaksAt` says. */
  readonly address: string;
}

/** All channels on which only the owner reads what is said, in the order of their names. */
export function everyPlace(files: FileSet): Place[] {
  return allPlaces(files).filter(({ channel }) => isPrivate(channel));
}

function allPlaces({ channels }: FileSet): Place[] {
  return [...channels.values()].flatMap((channel) => {
    const address = channel.enabled ? speaksAt(channel) : undefined;
    return address === undefined ? [] : [{ name: channel.name, channel, address }];
  });
}

/**
 * Finds the channels that `deliver:` names. `mail:me` is the first channel on which only the owner reads; `mail:home` is
 * the file `channels/home.yaml`, of whatever kind. Two names for one channel are one place.
 */
export function resolvePlaces(files: FileSet, deliver: readonly string[]): { places: Place[]; problems: string[] } {
  const all = allPlaces(files);
  const found = new Map<string, Place>();
  const problems: string[] = [];
  for (const entry of deliver) {
    const name = entry.slice(entry.indexOf(':') + 1);
    const own = name === 'me' || name === files.instance.owner.name;
    const place = own ? everyPlace(files)[0] : all.find((one) => one.name === name);
    if (place === undefined) problems.push(`${entry} names no channel that can deliver`);
    else found.set(place.name, place);
  }
  return { places: [...found.values()], problems };
}
