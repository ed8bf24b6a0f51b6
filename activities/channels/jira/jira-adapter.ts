import type { JiraChannel } from '../../../schemas/channel-file.ts';
import { issuePlaceOf, noSuchPlace } from '../service/issue-place.ts';
import { listAt, valueAt, wordAt } from '../service/json-at.ts';
import { titleOf } from '../service/marked.ts';
import { type Service, serviceAdapter } from '../service/service-adapter.ts';
import { documentAdf } from './document-adf.ts';

const keyed = /^[A-Z][A-Z0-9_]+-[1-9]\d{0,9}$/;
/** An entity property that nobody sees: by it a copy is known. */
const property = 'org.steward.id';

/**
 * Comments and issues of one project of Jira Cloud.
 *
 * @source developer.atlassian.com/cloud/jira/platform/rest/v3
 */
const service: Service<JiraChannel> = {
  // A comment has 32,767 characters; what the format adds counts too.
  limits: { maxChars: 12_000, readsBack: true },
  check: (channel) => ({
    method: 'GET',
    url: `${apiOf(channel)}/project/${channel.project}`,
    headers: headersOf(channel),
  }),
  say: async (channel, message) => {
    const place = issuePlaceOf(message, keyed);
    if (place === undefined) return noSuchPlace;
    const { id, document } = message;
    const properties = [{ key: property, value: { id } }];
    const ask = { method: 'POST', headers: headersOf(channel) } as const;
    const body = documentAdf(document);
    if (place.kind === 'comment') {
      return { ...ask, url: `${apiOf(channel)}/issue/${place.on}/comment`, body: { body, properties } };
    }
    const fields = {
      ...{ project: { key: channel.project }, issuetype: { name: channel.issueType } },
      ...{ summary: titleOf(document), description: body, labels: [labelOf(id)] },
    };
    return { ...ask, url: `${apiOf(channel)}/issue`, body: { fields, properties } };
  },
  find: async (channel, message) => {
    const place = issuePlaceOf(message, keyed);
    if (place === undefined) return undefined;
    const headers = headersOf(channel);
    if (place.kind === 'comment') {
      const query = 'orderBy=-created&maxResults=100&expand=properties';
      return {
        ask: { method: 'GET', url: `${apiOf(channel)}/issue/${place.on}/comment?${query}`, headers },
        isCopy: (json) => listAt(json, 'comments').some((one) => isOurs(channel, one, message.id)),
      };
    }
    // No date: one in JQL is of the time zone of the account.
    const jql = `project = ${channel.project} AND labels = "${labelOf(message.id)}"`;
    return {
      ask: {
        method: 'POST',
        url: `${apiOf(channel)}/search/jql`,
        headers,
        body: { jql, maxResults: 1, fields: ['labels'] },
      },
      isCopy: (json) => listAt(json, 'issues').length > 0,
    };
  },
};

function isOurs(channel: JiraChannel, comment: unknown, id: string): boolean {
  return (
    wordAt(comment, 'author', 'accountId') === channel.account &&
    listAt(comment, 'properties').some((one) => valueAt(one, 'key') === property && wordAt(one, 'value', 'id') === id)
  );
}

/** A property of an issue is found only by whoever registers it as an index; a label is found by anybody. */
const labelOf = (id: string) => `steward-${id}`;
const apiOf = ({ site }: JiraChannel) => `${site.replace(/\/+$/, '')}/rest/api/3`;
const headersOf = ({ user, token }: JiraChannel) => ({
  authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`,
});

export const jiraAdapter = serviceAdapter<JiraChannel>(service);
