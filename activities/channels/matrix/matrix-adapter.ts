import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import type { ChatAdapter } from '../../../schemas/chat-adapter.ts';

/**
 * Matrix: /sync from our own token, sending with a transaction id of ours. What it works with is loaded by the first call,
 * so that whoever has no Matrix channel does not hold its library in memory.
 */
export const matrixAdapter: ChatAdapter<MatrixChannel> = {
  // An event has at most 65,536 bytes, and a character of the body up to three.
  // Homeservers remember a transaction id for a while, Synapse for a day. @source Matrix client-server API, "Transaction identifiers"
  limits: { maxChars: 16_000, readsBack: true, dropsRepeatsMs: 3_600_000 },
  serve: async (serving) => (await import('./serve-matrix.ts')).serveMatrix(serving),
  check: async (channel, signal) => (await import('./serve-matrix.ts')).checkMatrix(channel, signal),
  send: async (channel, message, contentBegins) =>
    (await import('./send-message.ts')).sendMessage(channel, message, contentBegins),
  draft: async (channel, draft) => (await import('./show-draft.ts')).showDraft(channel, draft),
  showWorking: async (channel, { address }, working) =>
    (await import('./show-signs.ts')).showTyping(channel, address, working),
  findCopy: async (channel, message) => (await import('./find-copy.ts')).findCopy(channel, message),
};
