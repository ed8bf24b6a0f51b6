import { createServer } from 'node:http';

/*
 * Stands where workers and API stand in tests of the home: ready at once, ends on SIGTERM. Says which environment it
 * was given, so that a test can connect to the same servers.
 */
const server = createServer((request, answer) => {
  const { DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = process.env;
  answer.end(request.url === '/readyz' ? 'ok' : JSON.stringify({ DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE }));
});
server.listen(Number(process.env.STEWARD_API_PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
