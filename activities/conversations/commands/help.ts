import type { ChatDocument } from '../../../schemas/chat-document.ts';
import type { ChatCommand } from '../chat-command.ts';

/** Every command with what it does. Pure. */
export function helpDocument(commands: readonly ChatCommand[]): ChatDocument {
  const items = [...commands, { name: 'help', usage: '', does: 'Lists these commands.' }].map(
    ({ name, usage, does }) => [{ code: usage === '' ? `/${name}` : `/${name} ${usage}` }, ` ${does}`],
  );
  return [
    { kind: 'heading', text: 'Commands' },
    { kind: 'list', items },
  ];
}
