#!/bin/sh
# Run a command for everything that happens: VESTNIK_TOKEN=... ./listen.sh
#
# `vestnik listen` keeps the connection; each line is one notification as JSON. Other tools that
# speak WebSocket do as well, without reconnecting:
#
#   (echo '{"event":"auth","data":{"token":"'"$VESTNIK_TOKEN"'"}}'; cat) |
#       websocat --ping-interval 30 ws://127.0.0.1:8080/websocket/
set -eu

vestnik listen --json --url "${VESTNIK_URL:-http://127.0.0.1:8080}" |
    while IFS= read -r notification; do
        printf 'It happened: %s\n' "$notification"
    done
