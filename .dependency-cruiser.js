const inside = (...folders) => `^(${folders.join('|')})/`;
const product = ['schemas', 'store', 'triggers', 'workflows', 'activities', 'workers', 'api', 'cli'];
const allBut = (...folders) => inside(...product.filter((folder) => !folders.includes(folder)));
const values = { dependencyTypesNot: ['type-only'] };

/**
 * Who may load whom, as in docs/decisions/0002 and 0005: schemas <- store <- triggers, activities, api <- workers, cli.
 * `test/unit/checks/layers.test.ts` plants one breach of each rule and expects it to be found.
 */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or they hide a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'schemas-is-the-floor',
      severity: 'error',
      comment: 'Everything may load schemas/, so it loads nothing of ours.',
      from: { path: inside('schemas') },
      to: { path: allBut('schemas') },
    },
    {
      name: 'store-knows-schemas-only',
      severity: 'error',
      comment: 'Ledgers, keys, files and the hot tier serve every layer above, so they know none of them.',
      from: { path: inside('store') },
      to: { path: allBut('schemas', 'store') },
    },
    {
      name: 'triggers-do-no-work',
      severity: 'error',
      comment: 'A trigger turns what happened into a fire. What an activity needs of it is injected by a worker.',
      from: { path: inside('triggers') },
      to: { path: inside('activities', 'workers', 'api', 'cli') },
    },
    {
      name: 'triggers-know-flows-by-name',
      severity: 'error',
      comment: 'A flow is started by its type name, over the wire.',
      from: { path: inside('triggers') },
      to: { path: inside('workflows'), ...values },
    },
    {
      name: 'activities-start-nothing',
      severity: 'error',
      comment: 'Arrows go right: a channel never starts a flow by itself, it is given a Dispatch.',
      from: { path: inside('activities') },
      to: { path: inside('triggers', 'workers', 'api', 'cli', 'workflows') },
    },
    {
      name: 'areas-do-not-call-sideways',
      severity: 'error',
      comment: 'A workflow joins areas. What two areas need lies directly under activities/ or in store/.',
      from: { path: '^activities/([^/]+)/' },
      to: { path: '^activities/[^/]+/', pathNot: '^activities/$1/' },
    },
    {
      name: 'workflows-know-shapes-only',
      severity: 'error',
      comment: 'Replayed in a sandbox: types, plus the constants of schemas/protocol.ts.',
      from: { path: inside('workflows') },
      to: { path: allBut('workflows'), pathNot: '^schemas/protocol[.]ts$', ...values },
    },
    {
      name: 'workflows-are-deterministic',
      severity: 'error',
      comment: 'Files, sockets and clocks belong in an activity.',
      from: { path: inside('workflows') },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(assert|url|util)$' },
    },
    {
      name: 'workflows-carry-no-packages',
      severity: 'error',
      comment: 'Each cached run holds its own copy of every package of the bundle.',
      from: { path: inside('workflows') },
      to: { path: '(^|/)node_modules/', pathNot: 'node_modules/@temporalio/(workflow|common)/', ...values },
    },
    {
      name: 'workers-name-flows-by-path',
      severity: 'error',
      comment: 'The bundle is made from the path of workflows/index.ts; its code never runs outside the sandbox.',
      from: { path: inside('workers') },
      to: { path: inside('workflows'), ...values },
    },
    {
      name: 'workers-know-no-cli',
      severity: 'error',
      comment: 'A process has options, not a terminal.',
      from: { path: inside('workers') },
      to: { path: inside('cli') },
    },
    {
      name: 'one-place-opens-the-door',
      severity: 'error',
      comment: 'One process serves work and API in a small home; workers/start-steward.ts is where they meet.',
      from: { path: inside('workers'), pathNot: '^workers/start-steward[.]ts$' },
      to: { path: inside('api'), ...values },
    },
    {
      name: 'api-starts-workflows-only',
      severity: 'error',
      comment: 'A route checks, dispatches or signals, answers.',
      from: { path: inside('api') },
      to: { path: inside('activities', 'workers', 'workflows', 'cli'), ...values },
    },
    {
      name: 'cli-runs-no-flows',
      severity: 'error',
      comment: 'The CLI starts processes and reads the store; flow code runs only in a worker.',
      from: { path: inside('cli') },
      to: { path: inside('workflows', 'api'), ...values },
    },
    {
      name: 'product-needs-no-guards',
      severity: 'error',
      comment: 'Tests, checks and benchmarks are not shipped.',
      from: { path: inside(...product) },
      to: { path: inside('test', 'checks', 'bench') },
    },
    {
      name: 'nothing-imports-test',
      severity: 'error',
      comment:
        'What a check or a benchmark shares with a test is a file of the product, or of test/support for benchmarks.',
      from: { path: inside('checks') },
      to: { path: inside('test') },
    },
    {
      name: 'product-ships-its-packages',
      severity: 'error',
      comment: 'An image is installed with --omit=dev.',
      from: { path: inside(...product) },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...values },
    },
  ],
  options: {
    // With TypeScript 7 every other parser finds 0 modules, or takes `import type` for a value import.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules/.*/node_modules|docs|deploy|[.]cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
