/** Shows nothing, is no blank and no letter: what it parts is read as two words by a service and as one by a person. */
export const joiner = '\u2060';

/** Mentions, references, hashtags, channels, labels. GitHub and Mattermost look for them after they took escapes away. */
const named = /@(?=\S)|[#~!$%^](?=[\p{L}\p{N}_"])|&(?=\d)|\bGH-(?=\d)/giu;
/** The colon of an address or of an emoji; the one of a time stays as it is. */
const colons = /(?<=\d):(?=[\p{L}/%+_-])|(?<!\d):(?=[\p{L}\p{N}/%+_-])/gu;
const mailboxes = /(?<=[\w.+-])(?=@)/g;
const hosts = /www\d{0,3}(?=\.)|\.\p{L}{2,}(?=\/)/giu;

/**
 * Text in which no service finds a mention, a reference, an emoji or an address to make a link of. It looks the same.
 *
 * @source github/cmark-gfm issue 181: a backslash does not stop a mention
 */
export function withoutTriggers(text: string): string {
  const part = `$&${joiner}`;
  return text.replace(mailboxes, joiner).replace(named, part).replace(colons, part).replace(hosts, part);
}
