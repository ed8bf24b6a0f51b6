#!/bin/sh
# Makes the secrets that docker-compose.yml names, in deploy/secrets. What is there stays. May be repeated.
set -eu
folder=${1:-$(cd "$(dirname "$0")" && pwd)/secrets}
mkdir -p "$folder"
# The folder keeps other people out. The files are readable, since each is mounted for a user without a name here.
chmod 700 "$folder"

keep() {
  [ -s "$folder/$1" ] && return
  printf '%s' "$2" >"$folder/$1"
  chmod 444 "$folder/$1"
  echo "made $folder/$1"
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

keep postgres-password "$(random)"
keep temporal-password "$(random)"
keep steward-password "$(random)"
keep api-token "$(random)"
