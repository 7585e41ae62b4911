#!/usr/bin/env bash
# Echo what people write, and answer /time, with bash, curl and jq: VESTNIK_TOKEN=... ./echo.sh
set -u
url=${VESTNIK_URL:-http://127.0.0.1:8080}/api/v1
place=${VESTNIK_PLACE:-$0.place}
body=$(mktemp)
pause=1
trap 'rm -f "$body" "$body.status"' EXIT
trap 'kill $!; exit 0' TERM INT # at any moment: nothing is lost by it

# Ask the server, and put what it says into the file. In the background, or signals would wait.
ask() {
    curl -sS --max-time 90 -o "$body" -w '%{http_code}' "$@" >"$body.status" \
        -H @<(printf 'Authorization: Bearer %s' "$VESTNIK_TOKEN") &
    wait $!
    case $(cat "$body.status") in
        200) pause=1 ;;
        401 | 403) jq -r .error.message "$body" >&2 && exit 1 ;;
        *) return 1 ;;
    esac
}

rest() {
    sleep $pause &
    wait $!
    pause=$((pause < 16 ? 2 * pause : 30))
}

# The place is kept only after the answer: killed in between, we answer again, which sends once.
keep() { printf '%s' "$1" >"$place.new" && mv "$place.new" "$place"; }

# Answer, until that is done or will never be.
answer() {
    until ask --json "$1" "$url/rpc" &&
        jq -e '.error.code | IN(-32002, -32003) | not' "$body" >/dev/null; do rest; done
    echo "message $(jq -r .params.messageId <<<"$1"): $(jq -r '.error.message // "answered"' "$body")"
}

while true; do
    query='timeout=0' # the first time: from now on
    [ -s "$place" ] && query=$(jq -r '"timeout=30&after=\(.offset)&epoch=\(.epoch)"' "$place")
    ask "$url/updates?$query" || { rest; continue; }
    jq -e .recovered "$body" >/dev/null || echo "Some messages are lost." >&2
    next=$(jq -c '{epoch, offset: .next}' "$body")
    # A line with the place and one with the order, if there is one, for each notification.
    mapfile -t lines < <(jq -c '.epoch as $epoch | .items[] | {epoch: $epoch, offset},
        ([.data.payload | objects | select(.kind == "IncomingMsg") | .message
          | objects | select(.text != "" and (.isBot or .isInfo | not))
          | {jsonrpc: "2.0", id: 1, method: "answer", params: {messageId: .id,
             text: (if .text == "/time" then now | todate else .text end)}}][0])' "$body")
    for ((i = 0; i < ${#lines[@]}; i += 2)); do
        [ "${lines[i + 1]}" = null ] || answer "${lines[i + 1]}"
        keep "${lines[i]}"
    done
    keep "$next"
done
