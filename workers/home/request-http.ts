import { request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * One small HTTP request to this machine. `node:http` and not `fetch`, which would add several MiB to the supervisor.
 *
 * @returns undefined when nobody answers within two seconds
 */
export function requestHttp(url: string, post?: object): Promise<HttpAnswer | undefined> {
  return new Promise((resolve) => {
    const body = post === undefined ? undefined : JSON.stringify(post);
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const call = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
      answer.on('error', () => resolve(undefined));
    });
    call.setTimeout(2_000, () => call.destroy());
    call.on('error', () => resolve(undefined));
    call.on('close', () => resolve(undefined));
    call.end(body);
  });
}
