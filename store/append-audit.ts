import { createHash } from 'node:crypto';
import { desc, sql } from 'drizzle-orm';
import { audit } from '../schemas/db/records.ts';
import type { StoreIn } from './store.ts';

interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly personId?: string;
  readonly data?: Record<string, string | number | boolean>;
}

/** The hash of a row covers its words and the row before, so a changed or dropped row breaks the chain. */
export function auditHash(previous: string, at: Date, entry: AuditEntry): string {
  const data = Object.entries(entry.data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const words = [previous, at.toISOString(), entry.personId ?? '', entry.actor, entry.action, entry.subject, data];
  return createHash('sha256').update(JSON.stringify(words)).digest('hex');
}

/** Appends to the audit log, inside the caller's transaction. One writer at a time: the chain has no forks. */
export async function appendAudit(store: StoreIn, entry: AuditEntry): Promise<void> {
  await store.db.execute(sql`select pg_advisory_xact_lock(7283911)`);
  const [last] = await store.db.select({ hash: audit.hash }).from(audit).orderBy(desc(audit.seq)).limit(1);
  const at = store.clock.now();
  const previousHash = last?.hash ?? '';
  await store.db.insert(audit).values({
    at,
    personId: entry.personId ?? null,
    actor: entry.actor,
    action: entry.action,
    subject: entry.subject,
    data: entry.data ?? {},
    previousHash,
    hash: auditHash(previousHash, at, entry),
  });
}
