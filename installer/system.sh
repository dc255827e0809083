#!/usr/bin/env bash
# What Debian must have. As root it is installed; otherwise the one line to run is printed.
#   system.sh python           what making the environment needs
#   system.sh desktop          what windows, their tests and the tour need
#   system.sh soak             what the long survival runs need besides: the parts of a database pair (installer/server)
#   system.sh bench            what the measurements need besides: the browser of the forms engine that ours is compared with
#   system.sh desktop-or-say   the same, but an officer who may not install still gets as far as possible
set -euo pipefail
want=${1:-desktop}

python_packages=(python3-venv)
desktop_packages=(
    xvfb xauth openbox xdotool poppler-utils procps strace dbus-daemon
    libgl1 libegl1 libopengl0 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
    libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libxrender1 libxi6 libsm6
    dbus gnome-keyring
    libcups2 libnss3 libxcomposite1 libxdamage1 libxrandr2 libxtst6 libasound2 binutils
)
soak_packages=("${desktop_packages[@]}" postgresql patroni etcd-server etcd-client haproxy)
# Without these the tests that need them skip, and say so: nobody who may not install is asked for them.
if_possible=(postgresql)
bench_packages=("${desktop_packages[@]}" npm chromium)

command -v dpkg-query >/dev/null 2>&1 || exit 0 # not Debian: the wheels bring what they need, or their error says it

missing=()
case $want in
    python) packages=("${python_packages[@]}") ;;
    soak) packages=("${soak_packages[@]}") ;;
    bench) packages=("${bench_packages[@]}") ;;
    *) packages=("${desktop_packages[@]}") ;;
esac
if [ "$want" = desktop ] && [ "$(id -u)" -eq 0 ]; then
    packages+=("${if_possible[@]}")
fi
if [ "$want" = python ] && python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then
    exit 0
fi
for package in "${packages[@]}"; do
    # npm and a browser may be there without Debian's packages of that name.
    case $package in npm | chromium) ! command -v "$package" >/dev/null 2>&1 || continue ;; esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    echo "Installing system libraries: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    exit 0
fi
echo "Haven needs a few system libraries. Please run this line once, then try again:" >&2
echo "    sudo apt-get install -y ${missing[*]}" >&2
[ "$want" = desktop-or-say ] && exit 0
exit 1
