import type { IncomingMessage } from 'node:http';
import { StewardError } from '../schemas/errors.ts';

/** Of all requests together: strangers must not fill the memory by beginning many bodies at once. */
const mostHeldBytes = 67_108_864;
let heldBytes = 0;

/** A body, and what gives its place in memory free again. */
export interface HeldBody {
  readonly bytes: Buffer;
  /** Call it once the body is used no more; a second call does nothing. */
  release(): void;
}

/**
 * A request's body byte for byte, never more than `maxBytes` of it in memory. It counts among what all requests together
 * may hold until it is released.
 *
 * @throws tooMany while other requests hold too much; badInput where the sender hung up; an error of status 413 over the limit
 */
export async function readRawBody(request: IncomingMessage, maxBytes: number): Promise<HeldBody> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = (error: unknown) => {
        request.off('data', take);
        request.pause();
        reject(error);
      };
      const take = (chunk: Buffer) => {
        if (size + chunk.length > maxBytes) return stop(tooLarge());
        if (heldBytes + chunk.length > mostHeldBytes) {
          return stop(new StewardError('tooMany', 'Too many large requests are under way'));
        }
        size += chunk.length;
        heldBytes += chunk.length;
        chunks.push(chunk);
      };
      request.on('data', take);
      request.once('end', resolve);
      const cut = () => stop(new StewardError('badInput', 'The request ended before its body did'));
      request.once('error', cut);
      request.once('close', cut);
    });
  } catch (error) {
    heldBytes -= size;
    throw error;
  }
  const bytes = Buffer.concat(chunks, size);
  let held = size;
  const release = () => {
    heldBytes -= held;
    held = 0;
  };
  return { bytes, release };
}

/** As the body parser of the other routes says it. */
const tooLarge = () => Object.assign(new Error('The body is too large'), { status: 413, type: 'entity.too.large' });
