/** The part of a file's name that never changes: flags after `:2,` do. @source cr.yp.to/proto/maildir.html */
export function uniqueName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(0, colon);
}

/** Whether the flags of a name in cur/ say that the mail was seen. */
export function isSeen(name: string): boolean {
  return /:2,[A-Za-z]*S/.test(name);
}

/** The name of an outgoing mail: from its id alone, so that each attempt names the same file. */
export function outgoingName(messageId: string): string {
  const id = messageId.replace(/[<>]/g, '').split('@')[0] ?? '';
  return `${id.replace(/[^A-Za-z0-9-]/g, '-')}.steward`;
}
