// A server that dies takes no process with it, whatever its connections were doing.
import { expect, test } from 'vitest';
import { openDatabase } from '../../../store/open-database.ts';
import { testDatabase } from '../../support/postgres.ts';

test('openDatabase() outlives a connection that is ended between two queries of a transaction', async () => {
  await using database = await testDatabase();
  const told: string[] = [];
  const opened = openDatabase(database.url, { onError: ({ message }) => void told.push(message) });
  const other = openDatabase(database.url);
  try {
    const ended = opened.db.transaction(async (inside) => {
      const { rows } = await inside.execute<{ pid: number }>('select pg_backend_pid() as pid');
      await other.db.execute(`select pg_terminate_backend(${rows[0]!.pid})`);
      // Long enough for the server's last words to come while nobody asks anything.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await inside.execute('select 1');
    });
    await expect(ended).rejects.toThrow();
    expect((await opened.db.execute('select 1 as one')).rows).toEqual([{ one: 1 }]);
  } finally {
    await opened.close();
    await other.close();
  }
});
