const month =
  '(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|mrz|apr(?:il)?|may|mai|june?|juni?|july?|juli?|aug(?:ust)?|sep(?:t(?:ember)?)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)';
const weekday =
  '(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)';
const latin = [
  '\\d{4}-\\d{2}-\\d{2}(?:[t ]\\d{2}:\\d{2})?',
  `\\d{1,2}(?:st|nd|rd|th|\\.)?\\s(?:of\\s)?${month}(?![\\p{L}])\\.?(?:,?\\s\\d{4})?`,
  `${month}\\.?\\s\\d{1,2}(?:st|nd|rd|th)?(?![\\d:])(?:,?\\s\\d{4})?`,
  '\\d{1,2}\\.\\d{1,2}\\.(?:\\d{4}|\\d{2})?',
  '\\d{1,2}\\/\\d{1,2}(?:\\/\\d{2,4})?',
  `(?:next |this |coming |nächsten |kommenden |diesen |am )?${weekday}(?:\\s(?:morning|afternoon|evening|noon|night|früh|vormittag|mittag|nachmittag|abend))?`,
  '(?:the )?(?:end|close) of (?:the |this |next )?(?:day|business|week|month|quarter|year)',
  'ende (?:der|dieser|nächster|des|dieses|nächsten) (?:woche|monats|jahres|quartals)',
  '(?:tomorrow|tonight|today|übermorgen|morgen|heute)(?:\\s(?:morning|afternoon|evening|noon|night|früh|vormittag|mittag|nachmittag|abend))?',
  '(?:next|this|nächste|diese|kommende) (?:week|month|woche)',
  '(?:eod|eob|cob|asap|monatsende|jahresende|noon|midnight)',
].join('|');
const clock =
  '(?:,?\\s(?:at|um|before|by|vor|gegen|bis)?\\s?(?:\\d{1,2}[:.]\\d{2}(?:\\s?(?:am|pm|uhr))?|\\d{1,2}\\s?(?:am|pm|uhr|o.clock)))';
const date = `(?:${latin})(?![\\p{L}\\p{N}])${clock}?|\\d{1,2}(?::\\d{2})?\\s?(?:am|pm|uhr)(?![\\p{L}])`;
const span =
  '(?:\\d{1,3}|one|two|three|four|five|seven|ten|fourteen|einem|einer|zwei|drei|vier|fünf|sieben|zehn|vierzehn)';
const within = `(?:within|in the next|innerhalb von|innerhalb|binnen)\\s(?:the next\\s)?${span}\\s(?:business |working )?(?:hours?|days?|weeks?|months?|stunden?|tagen?|wochen?|monaten?|werktagen?)`;
const cue =
  '(?:no later than|not later than|at the latest(?: by)?|due(?: date)?(?: is| on| by)?:?|deadline(?: is| for [^.,;:]{1,40} is)?:?|respond by|reply by|by|until|till|before|prior to|expires?(?: on)?|spätestens(?: bis| am)?|bis(?: spätestens| zum| zu| am)*|vor(?: dem)?|fällig(?: am| bis)?:?|frist:?|stichtag:?|termin:?)';

const cued = new RegExp(`(?<![\\p{L}])${cue}\\s(?:the |dem |den |der )?(?:${date})|${within}`, 'iu');
const plain = new RegExp(`(?<![\\p{L}\\p{N}.])(?:${date})`, 'iu');
const asian =
  /(?:\d{4}年)?\d{1,2}月\d{1,2}[日号號](?:[上下]午)?(?:\d{1,2}[点點時时](?:\d{1,2}分|半)?)?|(?:本|这|這|下)?(?:周|週|星期|礼拜)[一二三四五六日天]|[月火水木金土日]曜日|今天|明天|后天|後天|今日中?|明日|明後日|今週|来週|下周|月底|月末|年底/u;
const asianCue = /まで|迄|締切|〆切|期限|之前|以前|前(?![\p{Script=Han}])|截止|截至|前回复|前回覆/u;

/**
 * By when something is wanted, in the mail's own words: the first date that a word such as "by", "until", "bis",
 * "spätestens", "まで" or "截止" makes a deadline, else a date within what is asked. Empty when there is none.
 *
 * @param asked - sentences that ask for something; looked at first
 * @param all - every sentence, in order
 * @param now - dates written out in full that lie before this day are no deadline
 */
export function findDue(asked: readonly string[], all: readonly string[], now?: Date): string {
  for (const sentences of [asked, all]) {
    for (const sentence of sentences) {
      const found = cued.exec(sentence)?.[0] ?? asianDeadline(sentence);
      if (found !== undefined && !isPast(found, now)) return tidy(found);
    }
  }
  for (const sentence of asked) {
    const found = plain.exec(sentence)?.[0] ?? asian.exec(sentence)?.[0];
    if (found !== undefined && !isPast(found, now)) return tidy(found);
  }
  return '';
}

function asianDeadline(sentence: string): string | undefined {
  const found = asian.exec(sentence);
  if (found === null) return undefined;
  const after = sentence.slice(found.index, found.index + found[0].length + 12);
  const cueAt = asianCue.exec(after);
  if (cueAt !== null) return after.slice(0, cueAt.index + cueAt[0].length);
  return asianCue.test(sentence.slice(Math.max(0, found.index - 8), found.index)) ? found[0] : undefined;
}

const tidy = (words: string) =>
  words
    .replace(/[\s,;:]+$/u, '')
    .trim()
    .slice(0, 120);

function isPast(words: string, now?: Date): boolean {
  if (now === undefined) return false;
  const iso = /(\d{4})-(\d{2})-(\d{2})/.exec(words);
  const dotted = /(\d{1,2})\.(\d{1,2})\.(\d{4})/.exec(words);
  const at = iso
    ? Date.UTC(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]))
    : dotted
      ? Date.UTC(Number(dotted[3]), Number(dotted[2]) - 1, Number(dotted[1]))
      : undefined;
  // A day is still today somewhere for 24 hours and more.
  return at !== undefined && at < now.getTime() - 48 * 3_600_000;
}
