import { customType, text, timestamp } from 'drizzle-orm/pg-core';

/** AES-256-GCM ciphertext made by `store/keys/seal.ts`; the AAD binds it to its table, row, column, person and version. */
export const sealed = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** An instant, microseconds in Postgres, `Date` here. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** A prefixed ULID. @source schemas/ids.ts */
export const id = (name = 'id') => text(name);
