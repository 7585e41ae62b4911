#!/bin/sh
# Put a notification in: VESTNIK_TOKEN=... ./publish.sh RESOURCE TYPE [PAYLOAD] [USER]
#
# The token needs the scope `publish`. VESTNIK_URL is the gateway, http://127.0.0.1:8080 without it.
# With --retry, the Idempotency-Key makes sure that it is told once, however often it is sent.
set -eu

resource=$1
type=$2
payload=${3:-null}
user=${4:-somebody}

case $type in
    *[!0-9]*) type="\"$type\"" ;;
esac

# The header comes from a file descriptor: what is on the command line, others can see.
curl --silent --show-error --fail-with-body --retry 3 --max-time 10 \
    --header @/dev/fd/3 \
    --header "Content-Type: application/json" \
    --header "Idempotency-Key: $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" \
    --data "{\"resource\":\"$resource\",\"type\":$type,\"payload\":$payload,\"user\":\"$user\"}" \
    "${VESTNIK_URL:-http://127.0.0.1:8080}/api/v1/notifications" 3<<END
Authorization: Bearer $VESTNIK_TOKEN
END
echo
