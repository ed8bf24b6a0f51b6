import type { IncomingMessage } from 'node:http';
import { StewardError } from '../schemas/errors.ts';

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Refuses a request that came under a name that is not ours: a page whose own name was pointed at this machine.
 *
 * @throws badInput
 */
export function checkHost(request: IncomingMessage, hostNames: readonly string[]): void {
  const name = hostNameOf(request.headers.host);
  if (name === undefined || !(loopback.includes(name) || hostNames.includes(name))) {
    throw new StewardError('badInput', 'The Host header names no address of this Steward');
  }
}

/** Whether a browser's Origin is this API or Temporal's UI beside it, exactly. */
export function isOurOrigin(origin: string, host: string | undefined, temporalUiUrl: string | undefined): boolean {
  if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return true;
  if (temporalUiUrl === undefined) return false;
  const ui = new URL(temporalUiUrl);
  const port = ui.port === '' ? '' : `:${ui.port}`;
  const names = loopback.includes(ui.hostname) ? loopback : [ui.hostname];
  return names.some((name) => origin === `${ui.protocol}//${name}${port}`);
}

function hostNameOf(host: string | undefined): string | undefined {
  return host === undefined ? undefined : /^(\[[0-9a-f:]+\]|[^:]+)(?::\d+)?$/i.exec(host)?.[1]?.toLowerCase();
}
