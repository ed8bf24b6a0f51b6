import type { xml } from '@xmpp/client';

/** A piece of XML, as the library parses and writes it. */
export type Element = ReturnType<typeof xml>;
