import type { Route } from './route.ts';
import { approve, deny, listApprovals } from './routes/approvals.ts';
import { backfillTrigger } from './routes/backfill-trigger.ts';
import { exportMemory, importMemory } from './routes/carry-memory.ts';
import { healthz, readyz } from './routes/check-health.ts';
import { listTalks, readTalk, readUpTo, searchTalk } from './routes/conversations.ts';
import { decodePayloads } from './routes/decode-payloads.ts';
import { readTriggerFile, removeTriggerFile, writeTriggerFile } from './routes/edit-trigger.ts';
import { explainOneTrigger } from './routes/explain-one-trigger.ts';
import { fireTrigger } from './routes/fire-trigger.ts';
import { drawHabitsPicture, drawMemoryPicture, showHabits } from './routes/habits.ts';
import { acknowledge, listIncidents, showIncident } from './routes/incidents.ts';
import { dropLesson, listLessons, teachIntent } from './routes/intent-lessons.ts';
import { latestReport } from './routes/latest-report.ts';
import { listFires } from './routes/list-fires.ts';
import { listOutbox } from './routes/list-outbox.ts';
import { listRuns } from './routes/list-runs.ts';
import { listTriggers } from './routes/list-triggers.ts';
import { logIn } from './routes/log-in.ts';
import { correctFact, forgetFact, readFact, recallFacts, rememberFact, restoreFact } from './routes/memory.ts';
import { listMemoryReviews, undoMemoryReview } from './routes/memory-reviews.ts';
import { explainModels, listModels, testModel } from './routes/models.ts';
import { pairAddress } from './routes/pair-address.ts';
import { postMessage } from './routes/post-message.ts';
import { readFirePayload } from './routes/read-fire-payload.ts';
import { readOneFire } from './routes/read-one-fire.ts';
import { receiveChannelHook } from './routes/receive-channel-hook.ts';
import { probeHook, receiveHook } from './routes/receive-hook.ts';
import { resend, showEffect } from './routes/show-effect.ts';
import { showMetrics } from './routes/show-metrics.ts';
import { pauseTrigger, resumeTrigger, skipFires } from './routes/steer-trigger.ts';
import { storeSecret } from './routes/store-secret.ts';
import { streamConversation } from './routes/stream-conversation.ts';

/** Every route: what the server answers and what openapi.json says. */
export const routeTable: readonly Route[] = [
  healthz,
  readyz,
  showMetrics,
  listRuns,
  listFires,
  readOneFire,
  readFirePayload,
  listTriggers,
  explainOneTrigger,
  fireTrigger,
  postMessage,
  listTalks,
  searchTalk,
  readTalk,
  readUpTo,
  pairAddress,
  listApprovals,
  approve,
  deny,
  streamConversation,
  pauseTrigger,
  resumeTrigger,
  skipFires,
  backfillTrigger,
  readTriggerFile,
  writeTriggerFile,
  removeTriggerFile,
  latestReport,
  listOutbox,
  showEffect,
  resend,
  listIncidents,
  showIncident,
  acknowledge,
  listModels,
  explainModels,
  testModel,
  teachIntent,
  listLessons,
  dropLesson,
  showHabits,
  drawHabitsPicture,
  drawMemoryPicture,
  exportMemory,
  importMemory,
  listMemoryReviews,
  undoMemoryReview,
  restoreFact,
  recallFacts,
  readFact,
  rememberFact,
  correctFact,
  forgetFact,
  storeSecret,
  logIn,
  decodePayloads,
  receiveChannelHook,
  receiveHook,
  probeHook,
];
