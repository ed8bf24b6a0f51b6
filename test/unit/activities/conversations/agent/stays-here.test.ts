// Whether no word of a question may leave this machine: by where the turn, and what is shown with it, was said.
import { expect, test } from 'vitest';
import { staysHere } from '../../../../../activities/conversations/agent/stays-here.ts';
import type { FileSet } from '../../../../../schemas/file-set.ts';
import { ensureAccount } from '../../../../../store/accounts/ensure-account.ts';
import type { Exchange } from '../../../../../store/conversations/read-talk.ts';
import { testStore } from '../../../../support/postgres.ts';

async function asking(privacy: Record<string, 'any' | 'local-only'>) {
  const opened = await testStore();
  const { store, personId } = opened;
  const channels = new Map(Object.entries(privacy).map(([name, one]) => [name, { name, privacy: one }]));
  const files = { current: () => ({ channels }) as unknown as FileSet };
  const accountOf = async (name: string) =>
    (await ensureAccount(store, { name, kind: 'xmpp', enabled: true, hash: name }, personId)).id;
  return {
    stays: async (saidOn: string, shown: readonly string[] = [], tainted = false) => {
      const talk = await Promise.all(
        shown.map(async (name): Promise<Exchange> => {
          return { said: '', answered: '', tainted: false, accountId: await accountOf(name) };
        }),
      );
      return await staysHere({ store, files }, { accountId: await accountOf(saidOn) }, { talk, tainted });
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

test('staysHere() keeps a turn of a local-only channel, and a later turn that is shown it', async () => {
  await using made = await asking({ home: 'local-only', work: 'any' });
  expect(await made.stays('home')).toBe(true);
  expect(await made.stays('work')).toBe(false);
  expect(await made.stays('work', ['work', 'home'])).toBe(true);
});

test('staysHere() keeps words from outside, which may be of its mails, and not where no channel is local-only', async () => {
  await using some = await asking({ home: 'local-only', work: 'any' });
  expect(await some.stays('work', [], true)).toBe(true);
  await using none = await asking({ work: 'any' });
  expect(await none.stays('work', ['work'], true)).toBe(false);
});
