import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { paint, printResult } from './print.ts';

interface Posted {
  readonly conversation: string;
  readonly turn: number;
}
interface Entry {
  readonly seq: number;
  readonly kind: 'said' | 'answer' | 'answered' | 'takenBack' | 'read';
  readonly turn: number;
  readonly text?: string;
}

const lookMs = 100;

/** `steward chat`: talks to Steward; with words it says them, waits for the answer and ends. */
export function register(program: Command): void {
  program
    .command('chat')
    .description('talk to Steward; /help lists what it understands')
    .argument('[words...]', 'said at once; without them it reads lines until the end of the input')
    .option('--room <name>', 'a thread of its own; the one direct conversation when left out')
    .option('--wait <seconds>', 'how long to wait for an answer', '60')
    .action(async (words: string[], options: { room?: string; wait: string }) => {
      const talk = { client: apiClient(), waitMs: secondsOf(options.wait), ...options };
      if (words.length > 0) {
        const answers = await say(talk, words.join(' '));
        return printResult({ answers }, () => answers.join('\n\n'));
      }
      await readLines(async (line) => {
        for (const answer of await say(talk, line)) process.stdout.write(`${answer}\n\n`);
      });
    });
}

interface Talk {
  readonly client: ApiClient;
  readonly waitMs: number;
  readonly room?: string;
}

/** Says one thing. @returns what was answered, one text a message */
async function say({ client, room, waitMs }: Talk, text: string): Promise<string[]> {
  const asked = { id: randomUUID(), text, ...(room === undefined ? {} : { room }) };
  const { conversation, turn } = await client.post<Posted>('/api/v1/messages', asked);
  const answers: string[] = [];
  let after = 0;
  for (const until = performance.now() + waitMs; performance.now() < until; ) {
    const path = `/api/v1/conversations/${conversation}/messages?after=${after}&turn=${turn}`;
    const { entries } = await client.get<{ entries: Entry[] }>(path);
    for (const entry of entries) {
      after = entry.seq;
      if (entry.kind === 'answer') answers.push(visibleText(entry.text ?? ''));
      if (entry.kind === 'answered') {
        // An answer that is here is shown, whether or not that could be said.
        await client.post(`/api/v1/conversations/${conversation}/read`, { turn }).catch(() => undefined);
        return answers;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  throw new StewardError('answerLate', `No answer came within ${waitMs / 1_000} s`);
}

async function readLines(each: (line: string) => Promise<void>): Promise<void> {
  const input = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY });
  let open = process.stdin.isTTY;
  input.once('close', () => {
    open = false;
  });
  const prompt = () => {
    if (open) input.prompt();
  };
  input.setPrompt(paint('dim', 'you> '));
  prompt();
  for await (const line of input) {
    if (line.trim() !== '') await each(line.trim());
    prompt();
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1_000;
  throw new StewardError('badInput', `--wait is "${text}", expected a number of seconds`);
}
