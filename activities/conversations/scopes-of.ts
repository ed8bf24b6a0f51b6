import type { Files } from '../../schemas/file-set.ts';

/**
 * Where what is said on a channel holds; undefined where its file names no scope, as for the API: then all is thought of
 * there. Pure.
 *
 * @param channel - as triggers call it
 */
export function scopesOf(files: Pick<Files, 'current'>, channel: string): readonly string[] | undefined {
  const { scopes = [] } = files.current().channels.get(channel) ?? {};
  return scopes.length === 0 ? undefined : scopes;
}
