import type { Response } from 'express';
import { readDraft } from '../../store/conversations/drafts.ts';
import { newestSeq, readEntries } from '../../store/conversations/read-conversation.ts';
import type { ApiDeps } from '../api-deps.ts';
import { checkAccess } from '../check-access.ts';
import { rawRoute } from '../route.ts';
import { refuseUnknown, viewEntry } from './conversations.ts';

/** An answer may come from another process, so the ledger is asked: one look into an index, only while somebody listens. */
const everyMs = 100;
/** Shorter than the patience of proxies. */
const beatMs = 15_000;
const page = 100;

export const streamConversation = rawRoute({
  method: 'get',
  path: '/api/v1/conversations/{id}/stream',
  summary: 'Server-sent events: what is said in a conversation from now on, or after `Last-Event-ID`',
  access: 'reader',
  answers: { 200: 'text/event-stream' },
  raw: async (deps, request, response) => {
    checkAccess(request, 'reader', deps.token);
    const id = String(request.params.id);
    await refuseUnknown(deps.store, deps.personId, id);
    const asked = request.get('last-event-id') ?? request.query.after;
    const after =
      typeof asked === 'string' && /^\d{1,15}$/.test(asked) ? Number(asked) : await newestSeq(deps.store, id);
    response.status(200).set({ 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' });
    response.flushHeaders();
    await follow(deps, response, id, after);
  },
});

async function follow(deps: ApiDeps, response: Response, conversationId: string, from: number): Promise<void> {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  let after = from;
  let beatAt = performance.now();
  let shown = '';
  let answered = 0;
  while (!closed.signal.aborted && deps.closing?.aborted !== true) {
    const entries = await readEntries(deps.store, { conversationId, after, limit: page });
    for (const entry of entries) {
      response.write(`id: ${entry.seq}\nevent: ${entry.kind}\ndata: ${JSON.stringify(viewEntry(entry))}\n\n`);
      after = entry.seq;
      if (entry.kind === 'answered') answered = entry.turn;
    }
    if (entries.length === page) continue;
    // Without an id: whoever comes back reads on in the ledger, where no draft is.
    const draft = await draftOf(deps, conversationId);
    const data = JSON.stringify(draft);
    if (draft !== undefined && draft.turn > answered && data !== shown)
      response.write(`event: draft\ndata: ${data}\n\n`);
    shown = data ?? '';
    if (performance.now() - beatAt > beatMs) {
      response.write(': still here\n\n');
      beatAt = performance.now();
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  response.end();
}

/** The hot tier may be away at any moment. */
const draftOf = ({ hot, store, personId }: ApiDeps, conversationId: string) =>
  readDraft({ hot, keys: store.keys }, { conversationId, personId }).catch(() => undefined);
