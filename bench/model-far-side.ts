/**
 * A model server in a process of its own, so that what it takes is not taken from whoever asks:
 * `node bench/model-far-side.ts 50` answers each chat completion after 50 ms, and prints its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delayMs = Number(process.argv[2]);
let asked = 0;
const chunk = (more: object) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', ...more })}\n\n`;
const answer =
  chunk({ choices: [{ index: 0, delta: { content: 'Here.' }, finish_reason: null }] }) +
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
  chunk({ choices: [], usage: { prompt_tokens: 40, completion_tokens: 3, total_tokens: 43 } }) +
  'data: [DONE]\n\n';

const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(String(asked));
  request.resume().on('end', () => {
    asked += 1;
    setTimeout(() => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer), delayMs);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
