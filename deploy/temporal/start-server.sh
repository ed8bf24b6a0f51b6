#!/bin/sh
# Starts Temporal with server.yaml beside this script. Runs in the server's image and natively.
#   SQL_HOST SQL_PORT        where Postgres is
#   SQL_PASSWORD_FILE        password of the role `temporal`
#   TEMPORAL_SERVER          the program, `temporal-server` unless told
set -eu
here=$(cd "$(dirname "$0")" && pwd)
SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
DYNAMIC_CONFIG_FILE=${DYNAMIC_CONFIG_FILE:-$here/dynamic-config.yaml}
BIND_ON_IP=${BIND_ON_IP:-127.0.0.1}
# Services find each other by this address, which cannot be 0.0.0.0.
if [ "$BIND_ON_IP" = 0.0.0.0 ]; then
  BROADCAST_ADDRESS=$(hostname -i | cut -d ' ' -f 1)
else
  BROADCAST_ADDRESS=$BIND_ON_IP
fi
export SQL_PASSWORD DYNAMIC_CONFIG_FILE BIND_ON_IP BROADCAST_ADDRESS
# Access is a matter of the network here: only Steward and the Temporal UI can reach the port.
exec "${TEMPORAL_SERVER:-temporal-server}" --root / --config "$here" --env server --allow-no-auth start
