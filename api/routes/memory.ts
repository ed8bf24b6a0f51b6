import { z } from 'zod';
import { factChanges, factKinds, factOrigins } from '../../schemas/fact-kinds.ts';
import { newId } from '../../schemas/ids.ts';
import type { FactAct, FactSaid, FactVersion } from '../../schemas/memory.ts';
import type { ApiDeps } from '../api-deps.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const versionView = z.strictObject({
  id: z.string(),
  version: z.int(),
  change: z.enum(factChanges),
  text: z.string().optional().describe('Missing with all that follows once it is forgotten'),
  kind: z.enum(factKinds).optional(),
  names: z.array(z.string()).readonly().optional(),
  scopes: z.array(z.string()).readonly().optional(),
  pinned: z.boolean().optional(),
  joins: z.array(z.string()).readonly().optional(),
  validFrom: z.string().optional().describe('From when on it holds; recorded it was at `recordedAt`'),
  validTo: z.string().optional(),
  origin: z.enum(factOrigins),
  channel: z.string(),
  message: z.string().optional().describe('The message in which it was said'),
  localOnly: z.boolean(),
  recordedAt: z.iso.datetime(),
});
const factView = versionView.extend({
  text: z.string(),
  since: z.iso.datetime().describe('When it was said first'),
  why: z.array(z.string()).describe('Why it was found'),
});
const params = z.strictObject({ id: z.string().max(40).describe('Its id, or the last letters of it') });
const request = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe('The same request is the same act; each is one when left out');
const text = z.string().trim().min(1).max(2_000);
const word = z.string().trim().min(1).max(100);
const detail = {
  kind: z.enum(factKinds).optional().describe('A preference without scopes holds always; a question is an open one'),
  names: z.array(word).max(20).optional().describe('Of what it is about: a question that names one is told of it'),
  scopes: z.array(word).max(20).optional().describe('Where it holds, such as `work`; everywhere when empty'),
  pinned: z.boolean().optional().describe('Thought of at each question where it holds'),
  joins: z.array(z.string().max(40)).max(20).optional().describe('Ids of facts that a relation joins'),
  validFrom: z.iso.datetime({ offset: true }).optional().describe('From when on it holds; always when left out'),
  validTo: z.iso.datetime({ offset: true }).optional().describe('Until when it holds'),
};

export const recallFacts = route({
  method: 'get',
  path: '/api/v1/memory',
  summary: 'What the owner told, by a question or all of it, newest first',
  access: 'token',
  query: z.strictObject({
    question: z.string().max(2_000).optional(),
    asOf: z.iso.datetime({ offset: true }).optional().describe('As it was believed then'),
    on: z.iso.datetime({ offset: true }).optional().describe('Only what held then, whenever it was said'),
    scope: z.string().max(100).optional().describe('Only what holds there, and everywhere'),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  answers: { 200: z.strictObject({ facts: z.array(factView) }), 400: problem, 401: problem },
  handle: async ({ memory, personId }, { query: { question, asOf, on, scope, limit } }) => {
    const facts = await memory.recall({
      ...{ personId, limit },
      ...(question === undefined ? {} : { question }),
      ...(asOf === undefined ? {} : { asOf: new Date(asOf) }),
      ...(scope === undefined ? {} : { scopes: [scope] }),
      ...(on === undefined ? {} : { on: new Date(on) }),
    });
    const views = facts.map((fact) => ({
      ...{ ...viewOf(fact), text: fact.text, since: fact.since.toISOString(), why: [...fact.why] },
    }));
    return { status: 200, body: { facts: views } };
  },
});

export const readFact = route({
  method: 'get',
  path: '/api/v1/memory/{id}',
  summary: 'All versions of a fact, oldest first',
  access: 'token',
  params,
  answers: { 200: z.strictObject({ versions: z.array(versionView) }), 401: problem, 404: problem },
  handle: async ({ memory, personId }, { params: { id } }) => ({
    ...{ status: 200, body: { versions: (await memory.history(personId, id)).map(viewOf) } },
  }),
});

export const rememberFact = route({
  method: 'post',
  path: '/api/v1/memory',
  summary: 'Keeps a fact; says which others say something else of the same thing',
  access: 'token',
  body: z.strictObject({ text, request, ...detail }),
  answers: { 200: z.strictObject({ fact: versionView, against: z.array(versionView) }), 400: problem, 401: problem },
  handle: async (deps, { body }) => {
    const { request: named, ...said } = body;
    const { fact, against } = await deps.memory.remember(actOf(deps, named), { ...given(said), text: body.text });
    return { status: 200, body: { fact: viewOf(fact), against: against.map(viewOf) } };
  },
});

export const correctFact = route({
  method: 'post',
  path: '/api/v1/memory/{id}/correct',
  summary: 'Says otherwise what a fact says; the version before stays on record',
  access: 'token',
  params,
  body: z.strictObject({ text: text.optional(), request, ...detail }),
  answers: { 200: z.strictObject({ fact: versionView }), 400: problem, 401: problem, 404: problem },
  handle: async (deps, { params: { id }, body: { request: named, ...said } }) => {
    const fact = await deps.memory.correct(actOf(deps, named), id, given(said));
    return { status: 200, body: { fact: viewOf(fact) } };
  },
});

export const forgetFact = route({
  method: 'delete',
  path: '/api/v1/memory/{id}',
  summary: 'Destroys the key of a fact: no version of it can be read again',
  access: 'token',
  params,
  answers: { 200: z.strictObject({ id: z.string() }), 401: problem, 404: problem },
  handle: async (deps, { params: { id } }) => {
    await deps.memory.forget(actOf(deps), id);
    return { status: 200, body: { id } };
  },
});

/** An act of the owner's by the API: once under the name that it is given. */
export function actOf(
  { personId, store }: Pick<ApiDeps, 'personId' | 'store'>,
  named = newId('factVersion', store.clock),
): FactAct {
  return { personId, actId: `api:${named}`, origin: 'owner', source: { channel: 'api' }, localOnly: false };
}

/** What was said, without what was not. */
const given = (said: { [key in keyof FactSaid]: FactSaid[key] | undefined }): FactSaid =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));

function viewOf(fact: FactVersion) {
  const { factId: id, version, change, origin, source, localOnly, recordedAt } = fact;
  const { text, kind, names, scopes, pinned, joins, validFrom, validTo } = fact;
  return {
    ...{ id, version, change, origin, channel: source.channel, localOnly },
    ...given({ text, kind, names, scopes, pinned, joins, validFrom, validTo }),
    ...(source.inboxId === undefined ? {} : { message: source.inboxId }),
    recordedAt: recordedAt.toISOString(),
  };
}

export const restoreFact = route({
  method: 'post',
  path: '/api/v1/memory/{id}/restore',
  summary: 'Has a fact say again what it said in an earlier version, also one that a review put aside',
  access: 'token',
  params,
  body: z.strictObject({
    version: z.int().min(1).optional().describe('The last that a person wrote when left out'),
    request,
  }),
  answers: { 200: z.strictObject({ fact: versionView }), 400: problem, 401: problem, 404: problem },
  handle: async ({ memory, store, personId }, { params: { id }, body: { version, request: act } }) => {
    const fact = await memory.restore(actOf({ store, personId }, act), id, version);
    return { status: 200, body: { fact: viewOf(fact) } };
  },
});
