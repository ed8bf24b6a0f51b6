import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import type { FireRow } from '../../store/fires/open-fire.ts';
import { readFire } from '../../store/fires/read-fires.ts';
import { fireView, viewFire } from '../fire-view.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';
import { runLink } from '../run-link.ts';

const related = fireView.pick({ id: true, trigger: true, flow: true, kind: true, state: true });
const viewRelated = ({ id, trigger, flow, kind, state }: FireRow): z.infer<typeof related> => ({
  ...{ id, trigger, flow, kind, state },
});

const oneFire = z.strictObject({
  ...fireView.shape,
  deliveries: z
    .array(z.strictObject({ at: z.iso.datetime(), source: z.string() }))
    .describe('The same event again; it became no second fire'),
  cause: related.optional().describe('The fire whose ending set this one off'),
  caused: z.array(related).describe('Fires that the ending of this one set off'),
  payload: z
    .strictObject({ bytes: z.int(), mediaType: z.string(), receivedAt: z.iso.datetime() })
    .optional()
    .describe('What came with the event; never its content'),
  link: z.string().optional().describe('The run in the Temporal UI'),
});

export const readOneFire = route({
  method: 'get',
  path: '/api/v1/fires/{id}',
  summary: 'One fire with its further deliveries, its cause, what it caused, and its run',
  access: 'reader',
  params: z.strictObject({ id: z.string().max(40) }),
  answers: { 200: oneFire, 401: problem, 404: problem },
  handle: async (deps, { params, header }) => {
    const found = await readFire(deps.store, params.id);
    if (found === undefined) throw new StewardError('notFound', `There is no fire ${params.id}`);
    const { fire, cause, caused, payload } = found;
    const link = runLink(deps, fire, header('host'));
    const body: z.infer<typeof oneFire> = {
      ...viewFire(fire),
      deliveries: found.deliveries.map(({ at, source }) => ({ at: at.toISOString(), source })),
      caused: caused.map(viewRelated),
      ...(cause === undefined ? {} : { cause: viewRelated(cause) }),
      ...(payload === undefined ? {} : { payload: { ...payload, receivedAt: payload.receivedAt.toISOString() } }),
      ...(link === undefined ? {} : { link }),
    };
    return { status: 200, body };
  },
});
