#!/usr/bin/env bash
# Every measured promise. Each script prints one JSON object a line: name, value, unit, reference, reference_value,
# ratio, goal, ok. `bench/run.sh NAME` runs one of them.
set -euo pipefail
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
for script in bench/${1:-*}.py; do
    case $(basename "$script") in figures.py | forms_made.py | found_person_made.py | __init__.py) continue ;; esac
    .venv/bin/python -m "bench.$(basename "$script" .py)" || missed=1
done
exit "${missed:-0}"
