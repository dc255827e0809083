#!/usr/bin/env bash
# Builds the one-folder bundle in dist/haven and proves it: it has to start, unlock, and draw a page, without the
# project's Python anywhere on its path.
set -euo pipefail
cd "$(dirname "$0")/.."
nice .venv/bin/pyinstaller --noconfirm --clean --log-level ERROR --distpath dist --workpath build/pyinstaller \
    installer/haven.spec

# Some parts come with symbols for debuggers, several times their own size. Qt comes without and stays untouched.
find dist/haven/_internal -path '*/PySide6' -prune -o -path '*/pillow.libs' -prune -o -type f -name '*.so*' -print0 |
    while IFS= read -r -d '' library; do
        if readelf --section-headers --wide "$library" 2>/dev/null | grep -q '\.debug_info'; then
            strip --strip-debug "$library"
        fi
    done

du -sh dist/haven | cut -f1 | sed 's/^/Bundle size: /'
exec bash tests/bundle.sh
