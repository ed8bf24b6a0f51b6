import type { Command } from 'commander';
import { factCode } from '../schemas/memory.ts';
import { apiClient } from './api-client.ts';
import { localHere } from './local-time.ts';
import { printResult, table } from './print.ts';

interface Review {
  readonly id: string;
  readonly at: string;
  readonly undoneAt?: string;
  readonly facts: number;
  readonly merged: readonly { factId: string; into: string }[];
  readonly archived: readonly { factId: string; why: string }[];
  readonly erased: readonly string[];
  readonly against: readonly { factId: string; other: string }[];
  readonly promoted: readonly string[];
  readonly left: number;
}

const path = '/api/v1/memory/reviews';

/** `steward memory reviews` and `undo`: what the nightly reviews changed, and back again. */
export function registerReviews(memory: Command): void {
  memory
    .command('reviews')
    .description('the nightly reviews, newest first, and what each changed')
    .action(async () => {
      const found = await apiClient().get<{ reviews: Review[] }>(path);
      printResult(found, () => describeReviews(found.reviews));
    });
  memory
    .command('undo')
    .description('take up again what a review put aside')
    .argument('<review>')
    .action(async (id: string) => {
      const found = await apiClient().post<{ restored: string[] }>(`${path}/${encodeURIComponent(id)}/undo`);
      printResult(
        found,
        `${found.restored.length} taken up again: ${found.restored.map(factCode).join(', ') || 'none'}`,
      );
    });
}

function describeReviews(reviews: readonly Review[]): string {
  if (reviews.length === 0) return 'Memory was not reviewed yet.';
  return table(
    ['REVIEW', 'WHEN', 'FACTS', 'SAID TWICE', 'PUT ASIDE', 'ERASED', 'AGAINST EACH OTHER', 'USED OFTEN', ''],
    reviews.map(({ id, at: made, facts, merged, archived, erased, against, promoted, undoneAt }) => [
      ...[id, localHere(made), `${facts}`, `${merged.length}`, `${archived.length}`, `${erased.length}`],
      ...[against.map(({ factId, other }) => `${factCode(factId)}/${factCode(other)}`).join(' '), `${promoted.length}`],
      undoneAt === undefined ? '' : `undone ${localHere(undoneAt)}`,
    ]),
  );
}
