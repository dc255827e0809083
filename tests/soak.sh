#!/usr/bin/env bash
# The long survival runs, at release size. Each prints its figures as JSON lines.
set -euo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen} HAVEN_KILL_ROUNDS=${HAVEN_KILL_ROUNDS:-10000} HAVEN_SITTINGS=${HAVEN_SITTINGS:-500}
export HAVEN_SPOILED_FORMS=${HAVEN_SPOILED_FORMS:-100000}
exec .venv/bin/pytest tests/faults tests/sync/server/test_kill.py -q -s "$@"
