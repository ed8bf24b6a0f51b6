/** Instants as their reader's clock shows them. */
export interface ShownTimes {
  /** `Mon 23 Nov, 08:00` */
  readonly short: (instant: string | Date) => string;
  /** `Monday 23 November 2026` */
  readonly day: (instant: string | Date) => string;
}

/** Times and days as the reader's clock shows them. @param timezone - IANA name of the reader's zone */
export function showTimes(timezone: string): ShownTimes {
  const short = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: timezone,
  });
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: timezone });
  return {
    short: (instant) => short.format(new Date(instant)),
    day: (instant) => day.format(new Date(instant)).replace(',', ''),
  };
}
