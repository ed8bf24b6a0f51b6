/** A time as a sender writes it, RFC 3339; the beginning of 1970 where it is none. Pure. */
export function when(text: string | undefined): string {
  const at = new Date(text ?? '');
  return (Number.isNaN(at.getTime()) ? new Date(0) : at).toISOString();
}
