import { z } from 'zod';
import { StewardError } from '../../schemas/errors.ts';
import { readFire } from '../../store/fires/read-fires.ts';
import { fireView, viewFire } from '../fire-view.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const oneFire = z.strictObject({
  ...fireView.shape,
  deliveries: z
    .array(z.strictObject({ at: z.iso.datetime(), source: z.string() }))
    .describe('The same event again; it became no second fire'),
});

export const readOneFire = route({
  method: 'get',
  path: '/api/v1/fires/{id}',
  summary: 'One fire with its further deliveries',
  access: 'reader',
  params: z.strictObject({ id: z.string().max(40) }),
  answers: { 200: oneFire, 401: problem, 404: problem },
  handle: async ({ store }, { params }) => {
    const found = await readFire(store, params.id);
    if (found === undefined) throw new StewardError('notFound', `There is no fire ${params.id}`);
    const deliveries = found.deliveries.map(({ at, source }) => ({ at: at.toISOString(), source }));
    return { status: 200, body: { ...viewFire(found.fire), deliveries } };
  },
});
