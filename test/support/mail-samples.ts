/** What a sample mail says; everything has a plain default. */
export interface SampleMail {
  readonly id?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly text?: string;
  readonly date?: Date;
  readonly headers?: readonly string[];
}

/** A small, well-formed mail as it lies on a server. */
export function sampleMail(of: SampleMail = {}): string {
  const date = (of.date ?? new Date('2026-03-02T08:00:00Z')).toUTCString().replace('GMT', '+0000');
  const lines = [
    `From: ${of.from ?? 'Bob <bob@example.org>'}`,
    `To: ${of.to ?? 'me@mail.test'}`,
    `Subject: ${of.subject ?? 'Lunch'}`,
    `Date: ${date}`,
    ...(of.id === undefined ? [] : [`Message-ID: ${of.id}`]),
    ...(of.headers ?? []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    of.text ?? 'Shall we meet on Friday?',
    '',
  ];
  return lines.join('\r\n');
}

/** Mails 1 to `count`, each with its own id, subject and text. */
export function sampleMails(count: number, name = 'm'): { id: string; raw: string }[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `<${name}-${at + 1}@example.org>`;
    return { id, raw: sampleMail({ id, subject: `Mail ${name} ${at + 1}`, text: `This is mail ${at + 1}.` }) };
  });
}
