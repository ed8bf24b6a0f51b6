import { StewardError } from '../../../schemas/errors.ts';

/** An answer of a homeserver that is no success. It holds the code of the answer and none of its words. */
export class HomeserverRefusal extends Error {
  override readonly name = 'HomeserverRefusal';
  readonly status: number;
  readonly errcode: string | undefined;
  /** How long the homeserver asks us to wait, milliseconds. */
  readonly waitMs: number | undefined;
  constructor(status: number, errcode?: unknown, waitMs?: number) {
    const code = typeof errcode === 'string' && /^[A-Z][A-Z0-9_.]{1,60}$/.test(errcode) ? errcode : undefined;
    super(code === undefined ? `status ${status}` : `status ${status}, ${code}`);
    this.status = status;
    this.errcode = code;
    this.waitMs = waitMs;
  }
}

/** An answer of a homeserver that is longer than what is ever read; where less can be asked for, that may help. */
export class AnswerTooLarge extends StewardError {
  constructor(host: string) {
    super('channelBusy', `The homeserver ${host} gave an answer that is too large`);
  }
}

/** Whether an answer is of this moment or of a proxy, and says nothing about what was asked. Pure. */
export const isPassing = ({ status }: HomeserverRefusal): boolean =>
  [401, 408, 425, 429, 502, 503, 504].includes(status);

/** Whether an error is the homeserver's own word that we may not, or that there is no such thing; a proxy has none. Pure. */
export const isNoForGood = (error: unknown): error is HomeserverRefusal & { readonly errcode: string } =>
  error instanceof HomeserverRefusal &&
  error.errcode !== undefined &&
  error.status >= 400 &&
  error.status < 500 &&
  !isPassing(error);

/** Gives what a request came to one of our names, and takes over no foreign word. Pure. @param host - named in the sentence */
export function nameMatrixFailure(cause: unknown, host: string): StewardError {
  if (cause instanceof StewardError) return cause;
  const why = cause instanceof HomeserverRefusal ? ` (${cause.message})` : '';
  return new StewardError('channelBusy', `The homeserver ${host} did not serve the account${why}`);
}
