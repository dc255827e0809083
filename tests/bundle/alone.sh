#!/usr/bin/env bash
# Starts a bundle where no Python and no checkout can be found: alone.sh CHECKOUT BUNDLE HERE PLACES ARGUMENTS...
# Runs in mount names of its own (`unshare --mount`). BUNDLE appears as HERE/haven; PLACES are hidden, one a line.
# Where nothing may be hidden, CHECKOUT is `-`.
set -euo pipefail
checkout=$1 bundle=$2 here=$3 places=$4
shift 4
if [ "$checkout" = - ]; then # this system hides nothing: at least another folder and an empty environment
    cp -a "$bundle" "$here/haven"
    cd "$here"
else
    mkdir -p "$here/haven"
    mount --bind "$bundle" "$here/haven"
    while IFS= read -r place; do
        if [ -d "$place" ]; then
            mount -t tmpfs -o size=4k none "$place"
        elif [ -e "$place" ]; then
            mount --bind /dev/null "$place"
        fi
    done <<<"$places"
    mount -t tmpfs -o size=4k none "$checkout"
    cd "$here"
    if env -i PATH=/usr/bin:/bin sh -c 'python3 -c "" || python -c ""' 2>/dev/null; then
        echo "there is still a Python that runs" >&2
        exit 97
    fi
fi
kept=(PATH=/usr/bin:/bin HOME="$here/person" LANG=C.UTF-8 DISPLAY="$DISPLAY")
[ -z "${XAUTHORITY:-}" ] || kept+=(XAUTHORITY="$XAUTHORITY")
exec env -i "${kept[@]}" "$here/haven/haven" "$@"
