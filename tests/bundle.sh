#!/usr/bin/env bash
# Proves the bundle in dist/haven: what is inside it, then unlock, page, print to PDF, lock and unlock by real keys.
# Pictures and the PDF in out/bundle.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf out/bundle
mkdir -p out/bundle
export LANG=C.UTF-8 QT_QPA_PLATFORM=xcb QT_LOGGING_RULES='*.debug=false;qt.qpa.*=false'
exec xvfb-run --auto-servernum --server-args="-screen 0 1366x768x24 -nolisten tcp" \
    bash -c 'openbox >/dev/null 2>&1 & exec .venv/bin/python -m tests.bundle "$@"' bundle "$@"
