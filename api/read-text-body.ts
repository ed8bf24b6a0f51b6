import type { RequestHandler } from 'express';
import { readRawBody } from './read-raw-body.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a body of one of these media types as text, character for character. What is not UTF-8 is refused. */
export function readTextBody(types: readonly string[], maxBytes: number): RequestHandler {
  return async (request, _response, next) => {
    const [type = '', ...parameters] = (request.get('content-type') ?? '').toLowerCase().split(';');
    const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
    const otherCharset = charset !== undefined && !/^charset="?utf-?8"?$/.test(charset);
    if (!types.includes(type.trim()) || otherCharset || request.get('content-encoding') !== undefined) {
      throw notTheText(415, `The body is not sent as ${types.join(' or ')} in plain UTF-8`);
    }
    const { bytes, release } = await readRawBody(request, maxBytes);
    try {
      request.body = utf8.decode(bytes);
    } catch {
      throw notTheText(400, 'The body is not UTF-8');
    } finally {
      release();
    }
    next();
  };
}

const notTheText = (status: number, words: string) => Object.assign(new Error(words), { status, type: 'not.the.text' });
