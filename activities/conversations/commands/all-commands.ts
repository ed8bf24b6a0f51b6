import type { ChatCommand } from '../chat-command.ts';
import { approvalsCommand, approveCommand, denyCommand } from './approve.ts';
import { cancelCommand } from './cancel.ts';
import { digestCommand } from './digest.ts';
import { habitsCommand } from './habits.ts';
import { meantCommand } from './meant.ts';
import { pairCommand } from './pair.ts';
import { pauseCommand, resumeCommand } from './pause.ts';
import { recallCommand } from './recall.ts';
import { correctCommand, forgetCommand, pinCommand, rememberCommand, unpinCommand } from './remember.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { runsCommand } from './runs.ts';
import { statusCommand } from './status.ts';
import { triggersCommand } from './triggers.ts';
import { whatCommand, whyCommand } from './what.ts';

/** In the order of `/help`. */
export const allCommands: readonly ChatCommand[] = [
  statusCommand,
  reportCommand,
  digestCommand,
  triggersCommand,
  runCommand,
  runsCommand,
  pauseCommand,
  resumeCommand,
  approvalsCommand,
  approveCommand,
  denyCommand,
  cancelCommand,
  rememberCommand,
  correctCommand,
  forgetCommand,
  pinCommand,
  unpinCommand,
  whatCommand,
  whyCommand,
  recallCommand,
  habitsCommand,
  meantCommand,
  pairCommand,
];
