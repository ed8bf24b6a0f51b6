#!/bin/sh
# Brings both Temporal databases to the schema of this tool's version. May be run any number of times.
#   SQL_HOST SQL_PORT        where Postgres is
#   SQL_PASSWORD_FILE        password of the role `temporal`
#   SQL_TOOL                 the program, `temporal-sql-tool` unless told
set -eu
SQL_PASSWORD=$(cat "$SQL_PASSWORD_FILE")
SQL_PLUGIN=postgres12
SQL_USER=temporal
export SQL_HOST SQL_PORT SQL_PASSWORD SQL_PLUGIN SQL_USER
tool=${SQL_TOOL:-temporal-sql-tool}

bring_up() {
  export SQL_DATABASE="$1"
  if said=$("$tool" update-schema --schema-name "postgresql/v12/$2" 2>&1); then
    echo "$1: schema is up to date"
    return
  fi
  # Setting up resets the version of a schema that is there, so it is done only where there is none.
  case $said in
    *schema_version*'does not exist'*) ;;
    *)
      echo "$said" >&2
      echo "$1: the schema could not be updated" >&2
      exit 1
      ;;
  esac
  "$tool" setup-schema --version 0.0
  "$tool" update-schema --schema-name "postgresql/v12/$2"
  echo "$1: schema was made"
}

bring_up temporal temporal
bring_up temporal_visibility visibility
