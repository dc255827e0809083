#!/usr/bin/env bash
# The central server on this computer, to try it: its data in out/server, answering only to this computer.
set -euo pipefail
cd "$(dirname "$0")/.."
data=out/server
mkdir -p out
if [ ! -d "$data" ]; then
    .venv/bin/python -m app.sync.server --data "$data" init
    echo "Now name your agency and people, for example:"
    echo "    .venv/bin/python -m app.sync.server --data $data agency --help"
fi
exec .venv/bin/python -m app.sync.server --data "$data" serve --host 127.0.0.1 --port "${PORT:-8460}"
