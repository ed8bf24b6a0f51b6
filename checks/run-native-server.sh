#!/bin/sh
# Runs what docker-compose.yml runs, without Docker: Postgres, the schema, server and namespace scripts of deploy/,
# each script twice, then one workflow start. CI does not call it; see docs/design/homes.md.
#
#   TEMPORAL_SERVER  temporal-server        go install go.temporal.io/server/cmd/server@v1.29.1
#   SQL_TOOL         temporal-sql-tool      go install go.temporal.io/server/cmd/tools/sql@v1.29.1
#   TEMPORAL         temporal
#   PG_BIN           folder with initdb, pg_ctl and psql of Postgres 12 or later
#   KEEP             set: keeps everything up until a key is pressed
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
deploy=$root/deploy
PG_BIN=${PG_BIN:-/usr/lib/postgresql/15/bin}
TEMPORAL=${TEMPORAL:-temporal}
export TEMPORAL
for program in "${TEMPORAL_SERVER:-temporal-server}" "${SQL_TOOL:-temporal-sql-tool}" "$TEMPORAL" "$PG_BIN/pg_ctl"; do
  command -v "$program" >/dev/null || { echo "missing program: $program" >&2; exit 2; }
done

work=$(mktemp -d /tmp/steward-native.XXXXXX)
chmod 755 "$work"
mkdir "$work/pg"
as_postgres() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  # Postgres refuses to run as root.
  as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
  chown postgres "$work/pg"
fi

server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  (cd / && as_postgres "$PG_BIN/pg_ctl" -D "$work/pg" -m immediate -w stop >/dev/null 2>&1) || true
  rm -rf "$work"
}
trap finish EXIT INT TERM

# Below 32768: Temporal keeps its membership ports in a smallint.
free_port() {
  node -e 'const t=()=>{const p=20000+Math.floor(Math.random()*12000);const s=require("net").createServer();s.once("error",t);s.listen(p,"127.0.0.1",()=>{console.log(p);s.close()})};t()'
}

sh "$deploy/make-secrets.sh" "$work/secrets" >/dev/null
SQL_HOST=127.0.0.1
SQL_PORT=$(free_port)
TEMPORAL_PASSWORD_FILE=$work/secrets/temporal-password
STEWARD_PASSWORD_FILE=$work/secrets/steward-password
SQL_PASSWORD_FILE=$TEMPORAL_PASSWORD_FILE
export SQL_HOST SQL_PORT SQL_PASSWORD_FILE TEMPORAL_PASSWORD_FILE STEWARD_PASSWORD_FILE

echo "postgres on port $SQL_PORT"
cp "$work/secrets/postgres-password" "$work/pg-password" && chmod 644 "$work/pg-password"
cd /
as_postgres "$PG_BIN/initdb" -D "$work/pg" -U postgres --auth scram-sha-256 --pwfile "$work/pg-password" >/dev/null
as_postgres "$PG_BIN/pg_ctl" -D "$work/pg" -w -o "-p $SQL_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" \
  -l "$work/pg/log" start >/dev/null
PGHOST=$SQL_HOST PGPORT=$SQL_PORT PGPASSWORD=$(cat "$work/secrets/postgres-password")
export PGHOST PGPORT PGPASSWORD
for time in first second; do
  PATH=$PG_BIN:$PATH sh "$deploy/postgres/make-databases.sh"
  echo "databases, $time time: ok"
done
unset PGHOST PGPORT PGPASSWORD
for time in first second; do
  sh "$deploy/temporal/set-up-schema.sh" >"$work/schema.log" 2>&1 || { cat "$work/schema.log" >&2; exit 1; }
  echo "schema, $time time: $(grep -c 'schema was made\|schema is up to date' "$work/schema.log") of 2 databases, $(grep 'schema was made\|up to date' "$work/schema.log" | tail -1)"
done

for name in FRONTEND_PORT FRONTEND_MEMBERSHIP_PORT FRONTEND_HTTP_PORT HISTORY_PORT HISTORY_MEMBERSHIP_PORT \
  MATCHING_PORT MATCHING_MEMBERSHIP_PORT WORKER_PORT WORKER_MEMBERSHIP_PORT; do
  eval "$name=$(free_port); export $name"
done
echo "temporal server on port $FRONTEND_PORT"
sh "$deploy/temporal/start-server.sh" >"$work/server.log" 2>&1 &
server=$!
TEMPORAL_ADDRESS=127.0.0.1:$FRONTEND_PORT
TEMPORAL_NAMESPACE=steward
export TEMPORAL_ADDRESS TEMPORAL_NAMESPACE
for time in first second; do
  sh "$deploy/temporal/set-up-namespace.sh" || { tail -20 "$work/server.log" >&2; exit 1; }
  echo "namespace, $time time: ok"
done
cd "$root"
node checks/start-one-workflow.ts

DATABASE_URL=postgres://steward:$(cat "$STEWARD_PASSWORD_FILE")@$SQL_HOST:$SQL_PORT/steward
export DATABASE_URL
node checks/run-one-fire.ts
if [ $# -gt 0 ]; then "$@"; fi
if [ -n "${KEEP:-}" ]; then
  echo "TEMPORAL_ADDRESS=$TEMPORAL_ADDRESS DATABASE_URL=$DATABASE_URL; press enter to end"
  read -r _
fi
echo ok
