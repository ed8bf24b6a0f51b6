export { channelSession } from './channel-session.ts';
export { emailDigest } from './email-digest.ts';
export { healthCheck } from './health-check.ts';
export { morningReport } from './morning-report.ts';
export { noop } from './noop.ts';
export { sendOutbox } from './send-outbox.ts';
export { sweep } from './sweep.ts';
export { wakeTrigger } from './wake-trigger.ts';
