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

/** Whether an error is the homeserver's own word that we may not, or that there is no such thing; a proxy has none. Pure. */
export const isNoForGood = (error: unknown): error is HomeserverRefusal & { readonly errcode: string } =>
  error instanceof HomeserverRefusal &&
  error.errcode !== undefined &&
  error.status >= 400 &&
  error.status < 500 &&
  ![401, 408, 425, 429].includes(error.status);

/** Gives what a request came to one of our names, and takes over no foreign word. Pure. @param host - named in the sentence */
export function nameMatrixFailure(cause: unknown, host: string): StewardError {
  if (cause instanceof StewardError) return cause;
  const why = cause instanceof HomeserverRefusal ? ` (${cause.message})` : '';
  return new StewardError('channelBusy', `The homeserver ${host} did not serve the account${why}`);
}
