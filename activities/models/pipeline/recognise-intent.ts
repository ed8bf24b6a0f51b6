import type { Intent } from '../../../schemas/model-intents.ts';

/** What somebody wants, and how that was found out. */
export interface Recognised {
  readonly intent: Intent;
  readonly by: 'asked' | 'rule' | 'default';
  /** Of the rule, in words. */
  readonly why: string;
}

/** Words that name the deed, at the beginning of a sentence that asks for it; English, German and Chinese. */
const deeds: readonly (readonly [Intent, RegExp])[] = [
  [
    'translate',
    /\btranslat|\b(?:in|into|to|auf|ins) (?:english|german|french|spanish|italian|chinese|japanese|deutsch|englisch|französisch|spanisch|italienisch|chinesisch|japanisch)e?\b|\bübersetz|翻译|翻譯|译成|译为/iu,
  ],
  ['transcribe', /\btranscri(?:be|pt)|\btranskri|\bverschriftlich|转写|转成文字|听写/iu],
  [
    'see',
    /\b(?:picture|photo|image|screenshot|foto|bild|bildschirmfoto)\b.*\b(?:show|see|say|zeig|sieht|steht|sehen)|\b(?:what|was|who|wer)\b.*\b(?:on|in|auf|im) (?:this |the |that |diesem |dem )?(?:picture|photo|image|screenshot|foto|bild)\b|(?:图片|照片|截图|图)(?:里|中|上)/iu,
  ],
  [
    'summarise',
    /\bsummar(?:y|ise|ize)|\btl;?dr\b|\bsum up\b|\bgist\b|\bin short\b|\bzusammenfass|\bfass(?:e|t)?\b.*\bzusammen|\bin kürze\b|\bkurzfassung|总结|概括|摘要|归纳/iu,
  ],
  [
    'extract',
    /\bextract|\blist (?:all|every|the) .*\b(?:from|in|of)\b|\bpull (?:out|all)\b|\bfind (?:all|every)\b|\bextrahier|\bliste? .*\b(?:aus|auf)\b|\bzieh .*\b(?:heraus|raus)\b|\bsuch .*\b(?:heraus|raus)\b|提取|抽取|列出|找出/iu,
  ],
  [
    'write',
    /\b(?:write|draft|compose|rewrite|reword|rephrase|proofread|polish)\b|\b(?:schreib|verfass|formulier|entwirf|entwerfe|korrigier)|\bentwurf\b|写|起草|撰写|润色|改写/iu,
  ],
  [
    'plan',
    /\b(?:plan|schedule|remind|book|arrange|set up|turn (?:on|off)|pause|resume|run|start|stop|send|delete|cancel|add|move|create|order|check|deploy|restart|update)\b|\b(?:plan|erinner|buch|verschieb|leg|stell|mach|pausier|starte?|stopp|schick|send|lösch|füg|bestell|prüf|aktualisier)(?:e|en|st|t)?\b|安排|提醒|预订|预约|安装|启动|停止|发送|删除|取消|添加|暂停|恢复|检查|创建|设置/iu,
  ],
];
const asks =
  /[?？]\s*$|^\s*(?:who|what|when|where|why|how|which|whose|is|are|was|were|do|does|did|can|could|will|would|should|has|have|wer|was|wann|wo|warum|wieso|wie|welche[rsnm]?|ist|sind|war|hat|habe|kann|wird|gibt)\b|[吗呢么]\s*[?？。]?\s*$|什么|怎么|为什么|哪|谁|多少|几点|是否/iu;
/** Deeds that a question may name without asking for them. */
const politely =
  /^\s*(?:please|kindly|can you|could you|would you|will you|bitte|kannst du|könntest du|würdest du|请|帮我|麻烦|能不能|可以)/iu;
/** Questions of how something is done are questions. */
const howTo = /^\s*(?:how|why|when|who|what|where|which|wie|warum|wieso|wann|wer|was|wo|welche)\b|怎么|为什么|如何/iu;
const alwaysMeant: ReadonlySet<Intent> = new Set(['translate', 'transcribe', 'see', 'summarise']);

/**
 * What is wanted, by rules: a command by its sign, a deed by the word that names it, else a question. Pure, linear in the
 * first 500 characters.
 */
export function recogniseIntent(words: string): Recognised {
  const head = words.slice(0, 500);
  if (/^\s*\/\w/.test(head)) return { intent: 'command', by: 'rule', why: 'it begins with a slash' };
  const isQuestion = asks.test(head) && !politely.test(head);
  for (const [intent, pattern] of deeds) {
    if (isQuestion && howTo.test(head) && !alwaysMeant.has(intent)) continue;
    if (isQuestion && intent === 'plan') continue;
    const found = pattern.exec(head)?.[0];
    if (found !== undefined) return { intent, by: 'rule', why: `it says “${found.trim().slice(0, 40)}”` };
  }
  if (isQuestion) return { intent: 'question', by: 'rule', why: 'it asks something' };
  return { intent: 'question', by: 'default', why: 'no rule fits' };
}
