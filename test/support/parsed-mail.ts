import type { ParsedMail } from '../../schemas/message.ts';

/** A well-formed mail from a person; a test names only what it is about. */
export function parsedMail(of: Partial<ParsedMail> = {}): ParsedMail {
  return {
    messageId: '<one@example.org>',
    headerHash: '0'.repeat(64),
    from: { name: 'Bob', address: 'bob@example.org' },
    to: [{ name: '', address: 'me@example.org' }],
    cc: [],
    subject: 'Subject',
    references: [],
    autoSubmitted: false,
    text: 'Text.',
    attachments: [],
    classification: { kind: 'person', reason: 'nothing says otherwise' },
    ...of,
  };
}
