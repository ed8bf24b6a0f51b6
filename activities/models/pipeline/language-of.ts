import type { ModelLanguage } from '../../../schemas/model-languages.ts';

/** So much is looked at: what a person wants stands at the beginning, and a long text costs nothing. */
const mostChars = 400;

/** Words that nearly every sentence has one of, and that the other language does not have. */
const german =
  /(?<!\p{L})(der|die|das|und|ist|nicht|ein|eine|einen|ich|du|mir|mich|bitte|für|mit|auf|wie|wann|welche[rs]?|dass|zum|zur|über|wird|sind|hat)(?!\p{L})/giu;
const english =
  /(?<!\p{L})(the|and|is|not|an?|i|you|me|my|please|for|with|on|how|when|which|that|to|of|about|what|are|has)(?!\p{L})/giu;

/**
 * Which of the languages that models are tried in some words are written in; undefined where that is not plain. Chinese
 * by its characters, where no kana say that it is Japanese; the others by their commonest words. Pure.
 */
export function languageOf(words: string): ModelLanguage | undefined {
  const text = words.slice(0, mostChars);
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (han > 0 && han * 3 >= letters && !/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'zh';
  const [de, en] = [text.match(german)?.length ?? 0, text.match(english)?.length ?? 0];
  if (de === en) return undefined;
  return de > en ? 'de' : 'en';
}
