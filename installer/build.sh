#!/usr/bin/env bash
# Builds the one-folder bundle in dist/haven and proves it: it has to start, unlock, and draw a page, without the
# project's Python anywhere on its path.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/pyinstaller --noconfirm --clean --log-level WARN --distpath dist --workpath build/pyinstaller installer/haven.spec
du -sh dist/haven | cut -f1 | sed 's/^/Bundle size: /'
exec bash tests/bundle.sh
