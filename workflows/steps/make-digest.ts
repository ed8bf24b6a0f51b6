import type { FireInput } from '../../schemas/flow-io.ts';
import { digest, summaries } from '../proxies.ts';
import { note } from './run-fire.ts';

export interface MadeDigest {
  readonly digestId: string;
  readonly mails: number;
  readonly byModel: number;
}

/** Takes every mail that is in no digest yet, summarises page by page, and composes. Bodies stay in Postgres. */
export async function makeDigest(fire: FireInput): Promise<MadeDigest> {
  const { digestId, count, pages } = await digest.claim({ fireId: fire.fireId, personId: fire.personId });
  const background = fire.priority === 'low' || fire.priority === 'background';
  const { summarisePage } = background ? summaries.batch : summaries.llm;
  let byModel = 0;
  for (let page = 0; page < pages; page++) {
    note(fire, 'summarising', { mails: count, page: `${page + 1} of ${pages}` });
    byModel += (await summarisePage({ digestId, page })).byModel;
  }
  await digest.finish({ digestId });
  return { digestId, mails: count, byModel };
}
