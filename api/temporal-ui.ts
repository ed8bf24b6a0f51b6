/**
 * Whether Temporal's UI is read through this API: then it runs under the same path, and decoding is of one origin.
 * Another UI, of a server that is not ours, is only linked to.
 */
export function isServedHere(temporalUiUrl: string | undefined): temporalUiUrl is string {
  return temporalUiUrl !== undefined && new URL(temporalUiUrl).pathname.replace(/\/$/, '') === '/temporal';
}

/** Where a browser finds the UI, without a slash at the end. @param host - by which name the browser called us */
export function uiBase(temporalUiUrl: string, host: string | undefined): string {
  const base = isServedHere(temporalUiUrl) && host !== undefined ? `http://${host}/temporal` : temporalUiUrl;
  return base.replace(/\/$/, '');
}
