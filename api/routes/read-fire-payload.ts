import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import { readPayload } from '../../store/fires/open-fire.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

export const readFirePayload = route({
  method: 'get',
  path: '/api/v1/fires/{id}/payload',
  summary: 'What came with the event of a fire, byte for byte: the body of a webhook, the text of a message',
  access: 'token',
  params: z.strictObject({ id: z.string().max(40) }),
  answers: { 200: 'application/octet-stream', 401: problem, 404: problem },
  handle: async ({ store }, { params }) => {
    const payload = await readPayload(store, params.id);
    if (payload === undefined) throw new StewardError('notFound', `There is no payload of a fire ${params.id}`);
    // Its type comes from outside as well: nothing may take it for a page of ours.
    const type = /^[\w.+-]+\/[\w.+-]+$/.exec(payload.mediaType.split(';')[0]!.trim())?.[0];
    const headers = {
      'content-type': type ?? 'application/octet-stream',
      'content-disposition': `attachment; filename="${params.id}"`,
      'x-received-at': payload.receivedAt.toISOString(),
    };
    return { status: 200, body: payload.body, headers };
  },
});
