import type { Request, Response } from 'express';

/** How long a sender may still send after its answer: enough to read that answer instead of a broken connection. */
const lingerMs = 1_000;

/** Ends the connection of a sender that was answered and sends on: what is not wanted is neither kept nor waited for. */
export function cutUnread(request: Request, response: Response): void {
  response.once('finish', () => {
    if (request.complete) return;
    request.resume();
    const cut = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, lingerMs);
    request.once('close', () => clearTimeout(cut));
  });
}
