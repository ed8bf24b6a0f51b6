import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

const payloads = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string(), z.base64()).optional(),
        data: z.base64().nullish(),
      }),
    )
    .max(1_000),
});

export const decodePayloads = route({
  method: 'post',
  path: '/codec/decode',
  summary: 'Opens payloads for a person who reads the Temporal UI; it never encrypts',
  access: 'reader',
  body: payloads,
  answers: { 200: payloads, 400: problem, 401: problem },
  handle: async ({ decode }, { body }) => {
    const sealed = body.payloads.map(
      ({ metadata = {}, data }): Payload => ({
        metadata: Object.fromEntries(
          Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
        ),
        ...(data == null ? {} : { data: Buffer.from(data, 'base64') }),
      }),
    );
    const opened = (await decode(sealed)).map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
      ),
      ...(data == null ? {} : { data: Buffer.from(data).toString('base64') }),
    }));
    return { status: 200, body: { payloads: opened } };
  },
});
