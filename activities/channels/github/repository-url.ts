import type { GiteaChannel, GithubChannel } from '../../../schemas/channel-file.ts';

/** Services that have GitHub's shape. */
export type ForgeChannel = GithubChannel | GiteaChannel;

/** Where the API of a repository is. Gitea has GitHub's shape under a path of its own. Pure. */
export function repositoryUrl({ kind, endpoint, repository }: ForgeChannel): string {
  const base = endpoint.replace(/\/+$/, '');
  return `${base}${kind === 'gitea' ? '/api/v1' : ''}/repos/${repository}`;
}

/** What proves us to the API. Pure. */
export function forgeHeaders({ kind, token }: ForgeChannel): Record<string, string> {
  if (kind === 'gitea') return { authorization: `token ${token}` };
  return {
    ...{ authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
    'x-github-api-version': '2022-11-28',
  };
}
