import { parentPort, workerData } from 'node:worker_threads';
import { RE2JS } from 're2js';

/** The thread of `find-pattern.ts`: says whether the text holds the pattern. */
const { pattern, text } = workerData as { pattern: string; text: string };
parentPort?.postMessage(RE2JS.compile(pattern).matcher(text).find());
