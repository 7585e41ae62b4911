#!/bin/sh
# Install what the examples in other languages need and this machine lacks, by apt-get as root.
# Node comes with the Python environment of the tests.
set -eu

missing=""
for pair in go:golang-go ruby:ruby php:php-cli jq:jq curl:curl; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here: install$missing by the means of this system." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Only root can install$missing: run \`sudo $0\`." >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # several packages
apt-get install -y -qq --no-install-recommends $missing
