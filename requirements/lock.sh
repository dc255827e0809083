#!/usr/bin/env bash
# Renews the hash-locked requirements: for every system, without any index address.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
    local name=$1
    shift
    .venv/bin/uv pip compile pyproject.toml "$@" --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --no-annotate --quiet -o "requirements/$name.txt"
}
lock client --extra client
lock server --extra server
lock dev --extra client --extra server --extra dev
