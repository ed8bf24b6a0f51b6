/** In the owner's zone, and in that of the schedule where clocks differ. */
export function inZones(at: Date, owner: string, zone: string): string {
  const [mine, theirs] = [local(at, owner), local(at, zone)];
  return mine === theirs ? mine : `${mine}  (${theirs} ${zone})`;
}

/** `Mon 2026-03-30 08:00:00 GMT+02:00` on the clocks of a zone. */
export function local(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'longOffset' },
  } as Intl.DateTimeFormatOptions).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return `${part('weekday')} ${date} ${part('hour')}:${part('minute')}:${part('second')} ${part('timeZoneName').replace(/^GMT$/, 'GMT+00:00')}`;
}

/** The same on the clocks of this machine. @param at - RFC 3339 */
export const localHere = (at: string): string => local(new Date(at), Intl.DateTimeFormat().resolvedOptions().timeZone);
