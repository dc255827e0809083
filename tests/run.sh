#!/usr/bin/env bash
# Every test. Windows are real and drawn off screen; journeys take a virtual screen of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
exec .venv/bin/pytest -n "${HAVEN_TEST_WORKERS:-2}" --dist loadfile --no-loadscope-reorder "$@"
