#!/usr/bin/env bash
# Every test. Windows are real and drawn off screen; journeys take a virtual screen of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
# Hundreds of processes are started: without what the first of them compiled, each would compile everything anew.
unset PYTHONDONTWRITEBYTECODE
# What never comes to an end has to end as a failure that is named. The rest of a file whose process is gone would be waited
# for for ever, so no other process takes its place; a test that takes ten minutes is stopped and says where it stood.
exec .venv/bin/pytest -n "${HAVEN_TEST_WORKERS:-2}" --dist loadfile --no-loadscope-reorder --max-worker-restart 0 \
    -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true "$@"
