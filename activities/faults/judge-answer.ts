import { RE2JS } from 're2js';
import type { HttpTarget } from '../../schemas/fault-target.ts';
import type { SafeAnswer } from '../safe-request.ts';

/** What one look came to: states and figures, no word of the far side. */
export interface Look {
  readonly well: boolean;
  readonly detail: string;
}

/** Whether an answer is a fault by what a trigger's file says of its service. Pure. */
export function judgeAnswer(target: HttpTarget, answer: SafeAnswer, now: Date): Look {
  if (answer.kind !== 'answer') {
    // Without a list of faults, no answer is one; with it, only the kinds that it names.
    const well = target.good === undefined && target.status !== undefined && !target.status.includes(answer.kind);
    return { well, detail: answer.detail };
  }
  const { status, bodyText } = answer;
  const detail = `status ${status}`;
  if (!statusIsWell(target, status)) return { well: false, detail };
  const { matches, lacks } = target.body ?? {};
  if (matches !== undefined && RE2JS.compile(matches).matcher(bodyText).find()) {
    return { well: false, detail: `${detail}, the body holds what it must not` };
  }
  if (lacks !== undefined && !RE2JS.compile(lacks).matcher(bodyText).find()) {
    return { well: false, detail: `${detail}, the body lacks what it must hold` };
  }
  const endsAt = answer.certificate?.endsAt;
  const within = target.certificate?.expiresWithin;
  if (endsAt !== undefined && within !== undefined && Date.parse(endsAt) - now.getTime() < within) {
    return { well: false, detail: `${detail}, the certificate ends on ${endsAt.slice(0, 10)}` };
  }
  return { well: true, detail };
}

function statusIsWell({ status: faults, good }: HttpTarget, status: number): boolean {
  if (good !== undefined) return good.includes(status);
  if (faults === undefined) return status >= 200 && status <= 299;
  return !faults.some((one) => {
    if (typeof one === 'number') return one === status;
    const range = /^(\d{3})-(\d{3})$/.exec(one);
    return range !== null && status >= Number(range[1]) && status <= Number(range[2]);
  });
}
