import type { ProjectChannel } from '../../schemas/channel-file.ts';
import type { HookReading, News } from '../../schemas/channel-hook.ts';
import { messageOfComment, type ProjectComment } from '../../schemas/project-comment.ts';
import type { NewsKind } from '../../schemas/service-channels.ts';
import { visibleLine, visibleText } from '../../schemas/visible-text.ts';

/** Something that happened in a project, as its reader found it: words from outside. */
export interface Happening {
  readonly kind: NewsKind;
  /** The same for the same event for ever. */
  readonly key: string;
  /** Who did it: the id or name that the channel's file has for a person, and how they are called. */
  readonly by: string;
  readonly name?: string | undefined;
  /** Such as `opened`. */
  readonly did: string;
  /** What it was done to, such as `#12 The door is stuck`. */
  readonly what: string;
  readonly link?: string | undefined;
}

/** What an event of a project says: a comment, something that happened, or both. */
export interface ProjectEvent {
  readonly comment?: ProjectComment | undefined;
  readonly happening?: Happening | undefined;
  /** A program did it: it is no person, and speaks to nobody. */
  readonly byBot?: boolean;
}

const excerptChars = 500;

/**
 * What an event of a project comes to. Steward's own doing is nothing; who is no person is only told. A comment that the
 * owner speaks to Steward in is a turn and no news. Pure.
 *
 * @param mentions - how Steward's account is written where it is mentioned
 */
export function projectReading(
  channel: ProjectChannel,
  { comment, happening, byBot = false }: ProjectEvent,
  mentions: readonly string[],
): HookReading {
  const isOwn = (who: string | undefined) => who?.toLowerCase() === channel.account.toLowerCase();
  if (isOwn(comment?.from) || isOwn(happening?.by)) return { messages: [], news: [] };
  const owners = new Set(channel.addresses.map((address) => address.toLowerCase()));
  const said = comment === undefined || byBot ? undefined : messageOfComment(comment, mentions);
  const isTurn = said?.addressed === true && owners.has(said.from.toLowerCase());
  const told = happening !== undefined && !isTurn && !owners.has(happening.by.toLowerCase());
  return {
    messages: said === undefined ? [] : [said],
    news: told && channel.events.includes(happening.kind) ? [newsOf(channel, happening, comment?.body)] : [],
  };
}

function newsOf({ name }: ProjectChannel, happening: Happening, words: string | undefined): News {
  const who = visibleLine(happening.name ?? happening.by, 80);
  const subject = visibleLine(`${name}: ${who} ${happening.did} ${happening.what}`, 200);
  const quoted = visibleText(words ?? '').trim();
  const cut = quoted.length > excerptChars ? `${quoted.slice(0, excerptChars).toWellFormed()}…` : quoted;
  return {
    key: happening.key,
    subject,
    text: [subject, ...(cut === '' ? [] : ['', cut]), ...linkLines(happening.link)].join('\n'),
  };
}

/** A link is one of the web, on one line, or none. */
function linkLines(link: string | undefined): string[] {
  const url = link === undefined ? null : URL.parse(link);
  return url === null || !/^https?:$/.test(url.protocol) || url.username !== '' ? [] : ['', url.href];
}
