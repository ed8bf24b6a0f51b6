const requests = [
  /(?<!\p{L})(?:please|kindly|could you|can you|would you|will you|are you able|do you (?:have|want|need)|let me know|let us know|get back to (?:me|us)|i need (?:you|your)|we need (?:you|your)|need you to|i(?:'d| would) like you to|action required|rsvp|you (?:must|need to|have to)|waiting for your|awaiting your|looking forward to (?:your (?:reply|answer)|hearing)|would it be possible|would you mind|don't forget|remember to)(?!\p{L})/iu,
  /(?<!\p{L})(?:bitte|könntest du|könnten sie|kannst du|können sie|könnt ihr|würdest du|würden sie|magst du|gib(?:t)? (?:mir|uns) bescheid|geben sie (?:mir|uns) bescheid|bescheid (?:geben|sagen)|ich brauche|wir brauchen|ich benötige|wir benötigen|um rückmeldung|um antwort|rückmeldung bis|melde dich|melden sie sich|vergiss nicht|denk(?:t|en sie)? (?:bitte )?daran|erforderlich)(?!\p{L})/iu,
  /(?<!\p{L})(?:s'il (?:vous|te) plaît|merci de|pourriez-vous|pourrais-tu|veuillez|por favor|podrías|podría|per favore|potresti|potrebbe|graag|zou je|kun je)(?!\p{L})/iu,
  /请|請|麻烦|麻煩|能否|可否|务必|盼复|ください|下さい|お願い|いただけ|頂け|ご確認|ご返信|教えて/u,
];
const notAsked =
  /do not (?:reply|respond)|don't (?:reply|respond)|nicht (?:auf diese|antworten)|please (?:find|see|note|be advised|be aware|consider the environment|disregard|ignore)|attached please find|bitte beachten|anbei|click here|unsubscribe|abmelden|abbestellen|view (?:this|in) |im browser|if you (?:have any questions|did not|no longer|received this)|haben sie fragen|falls sie fragen|bei fragen|feel free to|hope you are|how are you|wie geht es|請勿回覆|请勿回复|返信しないで/iu;
const question = /[?？]["'”’»)」]*$|(?:吗|嗎|ですか|ますか|でしょうか)[。.]?$/u;

/**
 * The sentences that ask the reader for something, strongest first: requests before plain questions, what "please do
 * not reply" and its like say is left out. English and German cues, and the commonest of six other languages.
 */
export function findAsks(sentences: readonly string[]): string[] {
  return sentences
    .map((sentence, at) => ({ sentence, at, weight: weigh(sentence) }))
    .filter((asked) => asked.weight > 0)
    .sort((a, b) => b.weight - a.weight || a.at - b.at)
    .map((asked) => asked.sentence);
}

function weigh(sentence: string): number {
  if (sentence.length > 600 || notAsked.test(sentence)) return 0;
  const request = requests.some((cue) => cue.test(sentence)) ? 2 : 0;
  const asks = question.test(sentence) ? 1.5 : 0;
  return request + asks;
}
