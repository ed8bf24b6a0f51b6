#!/bin/sh
# Makes Steward's namespace and its search attributes, and sets how long closed runs are kept. May be repeated.
#   TEMPORAL_ADDRESS         host:port
#   TEMPORAL_NAMESPACE       `steward` unless told
#   TEMPORAL                 the program, `temporal` unless told
set -eu
temporal=${TEMPORAL:-temporal}
namespace=${TEMPORAL_NAMESPACE:-steward}
retention=720h # retentionDays of schemas/protocol.ts
attributes="StewardTrigger StewardFire StewardAccount" # searchAttributes of schemas/protocol.ts

tries=0
until "$temporal" operator cluster health --address "$TEMPORAL_ADDRESS" >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS does not answer" >&2
    exit 1
  fi
  sleep 1
done

operator() { "$temporal" operator "$@" --address "$TEMPORAL_ADDRESS" --namespace "$namespace"; }

if operator namespace describe >/dev/null 2>&1; then
  operator namespace update --retention "$retention" >/dev/null
else
  operator namespace create --retention "$retention" >/dev/null
fi
echo "namespace $namespace keeps closed runs for $retention"

# A namespace that was just made takes some seconds to be known everywhere.
tries=0
until known=$(operator search-attribute list 2>&1); do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "$known" >&2
    exit 1
  fi
  sleep 1
done
for name in $attributes; do
  case $known in
    *"$name"*) ;;
    *) operator search-attribute create --name "$name" --type Keyword >/dev/null ;;
  esac
done
# Until then a start that carries one is refused.
for name in $attributes; do
  tries=0
  until "$temporal" workflow count --query "$name = 'none'" --address "$TEMPORAL_ADDRESS" --namespace "$namespace" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
      echo "search attribute $name is not usable" >&2
      exit 1
    fi
    sleep 1
  done
done
echo "search attributes: $attributes"
