/** What a sentence says something of: `my favourite colour` of "My favourite colour is blue." */
const slots = [
  /^(?:my|the)\s+(.{2,60}?)\s+(?:is|are|was|were)\s+(\S.*)$/iu,
  /^(?:mein|meine|der|die|das)\s+(.{2,60}?)\s+(?:ist|sind|war|waren|heißt|heißen)\s+(\S.*)$/iu,
  /^(?:我的|我們的|我们的)(.{1,30}?)(?:是|叫)(.+)$/u,
] as const;

/** Of what a sentence says something, and what; undefined where that is not plain. In lower case. Pure. */
export function slotOf(text: string): { readonly of: string; readonly value: string } | undefined {
  const plain = text.trim().replace(/[.!。！\s]+$/u, '');
  for (const slot of slots) {
    const [, of, value] = slot.exec(plain) ?? [];
    if (of !== undefined && value !== undefined)
      return { of: of.trim().toLowerCase().replace(/\s+/g, ' '), value: value.trim().toLowerCase() };
  }
  return undefined;
}
