#!/bin/sh
# Makes a role and databases for Temporal, and a role and a database for Steward. May be repeated.
# The image runs it once, on an empty volume; natively it takes the PG* variables of psql.
#   TEMPORAL_PASSWORD_FILE   password of the role `temporal`
#   STEWARD_PASSWORD_FILE    password of the role `steward`
set -eu

make() {
  role=$1
  password_file=$2
  shift 2
  # By standard input and quoted by psql: a password stands in no argument list.
  {
    printf '\\set password `cat %s`\n' "$password_file"
    cat <<SQL
select 'create role $role login' where not exists (select from pg_roles where rolname = '$role') \\gexec
alter role $role password :'password';
SQL
    for database in "$@"; do
      cat <<SQL
select 'create database $database owner $role' where not exists (select from pg_database where datname = '$database') \\gexec
revoke all on database $database from public;
SQL
    done
  } | psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres
}

make temporal "$TEMPORAL_PASSWORD_FILE" temporal temporal_visibility
make steward "$STEWARD_PASSWORD_FILE" steward
