import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import type { Logger as Pino } from 'pino';

/** Sends what the Temporal SDK says into our log, with its facts, so that one file tells the whole story. */
export function runtimeLogger(log: Pino): Logger {
  const write = (entry: LogEntry) => {
    const facts = (entry.meta ?? {}) as object;
    switch (entry.level) {
      case 'TRACE':
        return log.trace(facts, entry.message);
      case 'DEBUG':
        return log.debug(facts, entry.message);
      case 'WARN':
        return log.warn(facts, entry.message);
      case 'ERROR':
        return log.error(facts, entry.message);
      // The SDK's "info" is about its own states; a person who reads our log wants ours.
      default:
        return log.debug(facts, entry.message);
    }
  };
  return new DefaultLogger('INFO', write);
}
