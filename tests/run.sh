#!/usr/bin/env bash
# Every test. Windows are real and drawn off screen; journeys take a virtual screen of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
# Hundreds of processes are started: without what the first of them compiled, each would compile everything anew.
unset PYTHONDONTWRITEBYTECODE
# Thousands of vaults wait for a disk at every save. Where there is memory enough they are made in it; what has to survive
# (tests/faults) stays on the disk.
memory=/dev/shm
if [ -z "${PYTEST_DEBUG_TEMPROOT:-}" ] && [ -w $memory ] \
    && [ "$(df -Pk $memory | awk 'NR == 2 { print $4 }')" -gt 2000000 ] \
    && [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 6000000 ]; then
    export PYTEST_DEBUG_TEMPROOT=$memory
fi
# What never comes to an end has to end as a failure that is named. The rest of a file whose process is gone would be waited
# for for ever, so no other process takes its place; a test that takes ten minutes is stopped and says where it stood.
exec .venv/bin/pytest -n "${HAVEN_TEST_WORKERS:-2}" --dist loadfile --no-loadscope-reorder --max-worker-restart 0 \
    -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true "$@"
