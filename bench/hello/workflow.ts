import { proxyActivities } from '@temporalio/workflow';

const { greet } = proxyActivities<{ greet(input: { acceptedMs: number }): Promise<number> }>({
  startToCloseTimeout: '10s',
});

/** The hello workflow of every tutorial: one activity, its result returned. */
export function hello(input: { acceptedMs: number }): Promise<number> {
  return greet(input);
}
