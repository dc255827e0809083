#!/usr/bin/env bash
# The main job by real clicks and keys in real windows, on a virtual screen. Pictures and PDFs in out/tour.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf out/tour
mkdir -p out/tour
export LANG=C.UTF-8 QT_QPA_PLATFORM=xcb QT_LOGGING_RULES='*.debug=false;qt.qpa.*=false'
exec xvfb-run --auto-servernum --server-args="-screen 0 1920x1080x24 -nolisten tcp" \
    bash -c 'openbox >/dev/null 2>&1 & exec .venv/bin/python -m tests.tour "$@"' tour "$@"
