#!/usr/bin/env bash
# The long survival runs, at release size. Each prints its figures as JSON lines.
set -euo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen} HAVEN_KILL_ROUNDS=${HAVEN_KILL_ROUNDS:-10000} HAVEN_SITTINGS=${HAVEN_SITTINGS:-500}
export HAVEN_TYPING=${HAVEN_TYPING:-1000} HAVEN_RESIDUE=${HAVEN_RESIDUE:-50}
export HAVEN_TRIES=${HAVEN_TRIES:-1000000} HAVEN_HEADERS=${HAVEN_HEADERS:-100000} HAVEN_KEY_KILLS=${HAVEN_KEY_KILLS:-1000}
export HAVEN_POWER_LOSSES=${HAVEN_POWER_LOSSES:-5000} HAVEN_TAMPERINGS=${HAVEN_TAMPERINGS:-5000}
export HAVEN_UPGRADE_STEPS=${HAVEN_UPGRADE_STEPS:-0}
export HAVEN_SPOILED_FORMS=${HAVEN_SPOILED_FORMS:-100000}
export HAVEN_SCHEDULES=${HAVEN_SCHEDULES:-2000}
exec .venv/bin/pytest tests/faults tests/simulator tests/sync/server/test_kill.py -q -s "$@"
