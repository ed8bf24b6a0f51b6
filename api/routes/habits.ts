import { z } from 'zod';
import { graphNodeKinds, type HabitsView, habitKinds } from '../../schemas/habits.ts';
import type { ApiDeps } from '../api-deps.ts';
import { checkAccess } from '../check-access.ts';
import { problem } from '../problem.ts';
import { rawRoute, route } from '../route.ts';

const instant = z.iso.datetime();
const habitView = z.strictObject({
  name: z.string(),
  kind: z.enum(habitKinds),
  minute: z.int().describe('Of the day; of the hour where it is hourly'),
  withinMinutes: z.number().describe('Half of the times are no further from it'),
  weekday: z.int().optional().describe('Of `weekly`: 1 is Monday'),
  dayOfMonth: z.int().optional(),
  kept: z.int().describe('How often it was done when it could have been'),
  could: z.int(),
  chance: z.number().describe('How likely that would be without a habit'),
  since: instant,
  last: instant,
});
const view = z.strictObject({
  zone: z.string(),
  since: instant.optional(),
  happenings: z.int().describe('How many things were looked at'),
  habits: z.array(habitView),
  hours: z.strictObject({
    byHour: z.array(z.array(z.int())).describe('By weekday, Monday first, then by hour'),
    byWeekday: z.array(
      z.strictObject({
        count: z.int(),
        meanMinute: z.int().describe('Circular mean of the day'),
        concentration: z.number().describe('0: spread over the day; 1: all in one minute'),
      }),
    ),
  }),
  next: z.array(z.strictObject({ name: z.string(), likely: z.number() })),
  graph: z.strictObject({
    nodes: z.array(
      z.strictObject({
        ...{ id: z.string(), kind: z.enum(graphNodeKinds), name: z.string() },
        weight: z.number().describe('How often, what is older counting less'),
        count: z.int(),
      }),
    ),
    edges: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        kind: z.enum(['then', 'in', 'at', 'of']),
        ...{ weight: z.number(), count: z.int(), last: instant },
      }),
    ),
  }),
});

export const showHabits = route({
  method: 'get',
  path: '/api/v1/habits',
  summary: 'What the owner does again and again, when, what goes after what, and what may come next',
  access: 'token',
  query: z.strictObject({
    node: z.string().max(200).optional().describe('Only edges of this node of the graph'),
    limit: z.coerce.number().int().min(1).max(5_000).default(200).describe('Nodes and edges, the heaviest first'),
  }),
  answers: { 200: view, 400: problem, 401: problem },
  handle: async ({ memory, personId }, { query }) => ({
    status: 200,
    body: viewOf(await memory.habits(personId), query),
  }),
});

export const drawHabitsPicture = picture('/api/v1/habits/picture', 'The same as a picture, SVG', (deps) =>
  deps.memory.drawHabits(deps.personId),
);

export const drawMemoryPicture = picture(
  '/api/v1/memory/picture',
  'How many facts were believed day by day, as a picture, SVG',
  (deps) => deps.memory.drawGrowth(deps.personId),
);

function picture(path: string, summary: string, draw: (deps: ApiDeps) => Promise<string>) {
  return rawRoute({
    ...{ method: 'get', path, summary, access: 'token', answers: { 200: 'image/svg+xml' } },
    raw: async (deps, request, response) => {
      checkAccess(request, 'token', deps.token);
      response.type('image/svg+xml').send(await draw(deps));
    },
  });
}

const at = (ms: number) => new Date(ms).toISOString();

function viewOf(
  { since, habits, graph, ...rest }: HabitsView,
  { node, limit }: { readonly node?: string | undefined; readonly limit: number },
) {
  const edges = graph.edges.filter(({ from, to }) => node === undefined || from === node || to === node);
  return {
    ...rest,
    ...(since === undefined ? {} : { since: at(since) }),
    habits: habits.map((habit) => ({ ...habit, since: at(habit.since), last: at(habit.last) })),
    graph: {
      nodes: graph.nodes.slice(0, limit),
      edges: edges.slice(0, limit).map((edge) => ({ ...edge, last: at(edge.last) })),
    },
  };
}
