import type { Intent } from '../../../schemas/model-intents.ts';

/** What somebody wants, and how that was found out. */
export interface Recognised {
  readonly intent: Intent;
  readonly by: 'rule' | 'default' | 'lessons' | 'model';
  /** In words. */
  readonly why: string;
}

/** Words of English and German stand alone at their beginning; `\b` knows no umlauts. Chinese has no blanks. */
const words = (latin: string, chinese: string) => new RegExp(`(?<!\\p{L})(?:${latin})|${chinese}`, 'iu');

/** What a deed is about, whatever else is said: it cannot be done without. */
const about: readonly (readonly [Intent, RegExp])[] = [
  [
    'translate',
    words(
      'translat|übersetz|(?:english|german|french|spanish|italian|chinese|japanese|dutch|portuguese|swedish|polish|russian)(?!\\p{L})|(?:auf|ins?|aus dem|in einfache[sn]?) (?:deutsch|englisch|französisch|spanisch|italienisch|chinesisch|japanisch|niederländisch|portugiesisch|schwedisch|polnisch|russisch)|(?:deutsche|englische|französische|spanische|italienische|chinesische|japanische|niederländische) (?:übersetzung|version|fassung)',
      '翻译|翻譯|翻成|译成|译为|(?:英|德|法|中|日|俄)(?:语|文)|西班牙语|意大利语|荷兰语|葡萄牙语|瑞典语|波兰语',
    ),
  ],
  [
    'transcribe',
    words(
      'transcri|transkri|verschriftlich|audio|recording|voice ?(?:mail|note|message|memo)|speech to text|dictat|subtitle|caption|mp3|podcast|aufnahme|sprach(?:nachricht|notiz|e zu text)|dikt(?:at|ier)|untertitel|mailboxnachricht|(?:as|in|into|als|zu) text(?!\\p{L})',
      '转写|转成文字|听写|录音|音频|语音|字幕|口述|文字稿|文字记录',
    ),
  ],
  [
    'see',
    words(
      'pictures?(?!\\p{L})|photos?(?!\\p{L})|images?(?!\\p{L})|screenshots?|diagrams?|scans?(?!\\p{L})|whiteboard|bild(?:er|ern|es|schirmfoto)?(?!\\p{L})|fotos?(?!\\p{L})|diagramm',
      '图片|照片|截图|图表|扫描件|(?:这张|张|在)图|图(?:里|中|上)',
    ),
  ],
];

/** The deed itself, by the word that names it. */
const deeds: readonly (readonly [Intent, RegExp])[] = [
  [
    'summarise',
    words(
      'summar|tl;?dr|sum up|gist(?!\\p{L})|in short(?!\\p{L})|short(?:er)? version|shorten|condense|recap|overview|(?:key|main) points|highlights|essentials|boil .* down|catch me up|brief me|in (?:\\w+) (?:lines|sentences)|zusammenfass|fass\\w* .*zusammen|in kürze|kurz(?:fassung| gesagt)|kürz|überblick|(?:haupt|wichtigsten |wesentlichen )punkte|das wesentliche|rekapitulier|worum geht|in (?:\\w+) (?:zeilen|sätzen)|auf den stand',
      '总结|概括|摘要|归纳|要点|重点|概况|概览|浓缩|精简|压缩|缩短|回顾|简单说|主要说|主要几点|[两三几]行|[两三几]句',
    ),
  ],
  [
    'extract',
    words(
      'extract|list (?:all|every|the|them)|pull|pick out|find (?:all|every)|table of|collect|parse|grab|isolate|get (?:me )?the .*(?:from|out|in)|(?:out of|from) the (?:mail|letter|pdf|booking|confirmation|log)|extrahier|liste|tabelle|zieh .*(?:aus|heraus)|such .*(?:heraus|raus)(?!\\p{L})|find\\w* alle|hol .*aus|lies .*aus(?!\\p{L})|nimm .*aus|sammle|filter|gib mir .* aus',
      '提取|抽取|列出|找出|挑出|筛出|取出|读出|收集|解析|做成表格|从.*[里中].*取|把.*[里中]的.*给我',
    ),
  ],
  [
    'plan',
    words(
      'find a free|such\\w* .*(?:freien|termin)|remind|schedule|book a|move the|turn (?:on|off)|erinner|buch\\w* |verschieb|stell\\w* .*(?:ab|an|aus)(?!\\p{L})|setz\\w* .*liste|leg\\w* .*an(?!\\p{L})|sag .*ab(?!\\p{L})|spiel .*ein(?!\\p{L})|lad\\w* .*ein(?!\\p{L})',
      '提醒|安排|预订|订一些|改到|关掉|打开|重启|启动|停止|暂停|恢复|取消我|删除|添加|设置|创建|部署|发送|运行|邀请全|计划|取件|找一个.*时间',
    ),
  ],
  [
    'write',
    words(
      'write|draft|compose|rewrite|reword|rephrase|phrase|proofread|polish|correct the|formulate|put together|come up with|make .*sound|text for|answer \\p{Lu}|schreib|verfass|formulier|entw[iue]rf|korrig|korrektur|feile|text für|denk dir|antworte|setz .*(?:notiz|brief) auf|mach .*(?:freundlicher|kürzer|höflicher)',
      '写|起草|撰写|润色|改写|校对|措辞|改正|错别字|语气|换个说法|想个|拟|回复.+说|网站文字',
    ),
  ],
  [
    'plan',
    words(
      'plan|arrange|set up|pause|resume|run|start|stop|send|delete|cancel|add|order|check|deploy|restart|update|create|invite|pausier|starte?|stopp|schick|send|lösch|bestell|prüf|aktualisier|organisier|lass .*laufen',
      '检查|再订',
    ),
  ],
];
const asks =
  /[?？]\s*$|^\s*(?:who|what|when|where|why|how|which|whose|is|are|was|were|do|does|did|can|could|will|would|should|has|have|wer|was|wann|wo|warum|wieso|wie|welche[rsnm]?|ist|sind|war|hat|habe|kann|wird|gibt)(?!\p{L})|[吗呢么]\s*[?？。]?\s*$|什么|怎么|为什么|哪|谁|多少|几点|是否|多久/iu;
/** Somebody who asks kindly for a deed asks for it. */
const politely =
  /^\s*(?:please|kindly|can you|could you|would you|will you|bitte|kannst du|könntest du|würdest du|请|帮我|麻烦|能不能|可以|能)/iu;
/** Deeds that a question may be about without asking for them: how something is planned or written is a question. */
const meantOnly: ReadonlySet<Intent> = new Set(['plan', 'write']);

/**
 * Step 2, intent, by rules: a command by its sign, what it is about or the word that names a deed, else a question. Pure,
 * linear in the first 500 characters.
 */
export function recogniseIntent(said: string): Recognised {
  const head = said.slice(0, 500);
  if (/^\s*\/\w/.test(head)) return { intent: 'command', by: 'rule', why: 'it begins with a slash' };
  const isQuestion = asks.test(head) && !politely.test(head);
  for (const [intent, pattern] of [...about, ...deeds]) {
    if (isQuestion && meantOnly.has(intent)) continue;
    const found = pattern.exec(head)?.[0];
    if (found !== undefined) return { intent, by: 'rule', why: `it says “${found.trim().slice(0, 40)}”` };
  }
  if (isQuestion) return { intent: 'question', by: 'rule', why: 'it asks something' };
  return { intent: 'question', by: 'default', why: 'no rule fits' };
}
