import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import type { Edited, EditLock, TriggerEdits } from '../../schemas/file-set.ts';
import { fileNameForm } from '../../store/files/load-files.ts';
import type { ApiDeps } from '../api-deps.ts';
import { changedProblem, faultyProblem, problem, problemFrom } from '../problem.ts';
import { type Answer, route } from '../route.ts';

const path = '/api/v1/triggers/{name}/file';
const params = z.strictObject({
  name: z.string().regex(fileNameForm, 'expected 1 to 64 letters, digits and . _ -, a letter or digit first'),
});
const ifMatch = { name: 'If-Match', description: 'The ETag of the text that was read, in quotes; or *' };
const ifNoneMatch = { name: 'If-None-Match', description: '* for a file that is new' };
const refusals = { 400: problem, 401: problem, 404: problem, 412: changedProblem, 503: problem };

/** Whoever holds the token acts for the owner. */
const by = 'owner';

export const readTriggerFile = route({
  method: 'get',
  path,
  summary: 'The text of a trigger’s file as it lies on disk; its ETag is the SHA-256 of the text',
  access: 'token',
  params,
  answers: { 200: 'application/yaml', 400: problem, 401: problem, 404: problem, 422: problem },
  handle: ({ files }, { params: { name } }) => {
    const found = editsOf(files).read(name);
    if (found === undefined) throw new StewardError('notFound', `There is no file of a trigger "${name}"`);
    return {
      status: 200,
      body: found.bytes,
      headers: { 'content-type': 'application/yaml', etag: `"${found.hash}"` },
    };
  },
});

const written = z.strictObject({
  name: z.string(),
  path: z.string().describe('Under the home'),
  hash: z.string().describe('SHA-256 of the text, hex'),
});

export const writeTriggerFile = route({
  method: 'put',
  path,
  summary: 'Writes a trigger’s file, whole, when its text can be used; in force at the answer',
  access: 'token',
  params,
  headers: [ifMatch, ifNoneMatch],
  bodyTypes: ['text/plain', 'application/yaml'],
  body: z.string(),
  answers: { ...refusals, 200: written, 201: written, 413: problem, 415: problem, 422: faultyProblem },
  handle: async ({ files }, { params: { name }, body, header }) => {
    const lock = lockOf(header('if-match'), header('if-none-match'));
    return answerOf(name, await editsOf(files).write(name, body, lock, by));
  },
});

export const removeTriggerFile = route({
  method: 'delete',
  path,
  summary: 'Removes a trigger’s file; what runs goes on',
  access: 'token',
  params,
  headers: [ifMatch],
  answers: { ...refusals, 200: z.strictObject({ name: z.string(), path: z.string() }), 422: problem },
  handle: async ({ files }, { params: { name }, header }) => {
    const lock = lockOf(header('if-match'), header('if-none-match'));
    if (lock === 'new') throw new StewardError('badInput', 'If-None-Match does not fit a removal, expected If-Match');
    return answerOf(name, await editsOf(files).remove(name, lock, by));
  },
});

function editsOf(files: ApiDeps['files']): TriggerEdits {
  if (files.edits === undefined) throw new StewardError('notFound', 'No files are edited here');
  return files.edits;
}

/** A weak tag matches nothing: the text itself is compared. @source RFC 9110 section 13.1 */
function lockOf(ifMatchHeader: string | undefined, ifNoneMatchHeader: string | undefined): EditLock {
  if ((ifMatchHeader === undefined) === (ifNoneMatchHeader === undefined)) {
    throw new StewardError('badInput', 'Expected one of If-Match with the hash that was read, and If-None-Match: *');
  }
  if (ifNoneMatchHeader !== undefined) {
    if (ifNoneMatchHeader.trim() === '*') return 'new';
    throw new StewardError('badInput', 'If-None-Match is something else than *');
  }
  const text = ifMatchHeader!.trim();
  if (text === '*') return 'any';
  const tags = text.split(',').map((tag) => /^(?:W\/)?"([\x21\x23-\x7e]*)"$/.exec(tag.trim())?.[1]);
  if (tags.includes(undefined)) throw new StewardError('badInput', 'If-Match is neither * nor a hash in quotes');
  return text.split(',').flatMap((tag, at) => (tag.trim().startsWith('W/') ? [] : [tags[at]!]));
}

function answerOf(name: string, edited: Edited): Answer {
  const asProblem = { 'content-type': 'application/problem+json' };
  switch (edited.outcome) {
    case 'done': {
      const { hash, created } = edited;
      const body: z.infer<typeof written> = { name, path: edited.path, hash };
      return { status: created ? 201 : 200, body, headers: { etag: `"${hash}"` } };
    }
    case 'gone':
      return { status: 200, body: { name, path: edited.path } };
    case 'changed': {
      const { hash } = edited;
      const now = hash === undefined ? 'is not there now' : `has the hash ${hash} now`;
      const body = { ...problemFrom('changedMeanwhile', `${edited.path} ${now}`), hash };
      return { status: 412, body, headers: asProblem };
    }
    case 'invalid': {
      const { faults } = edited;
      const [first] = faults;
      const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
      const detail = `${edited.path}:${first?.line}:${first?.column}: ${first?.message}${more}`;
      return { status: 422, body: { ...problemFrom('fileInvalid', detail), faults }, headers: asProblem };
    }
  }
}
