#!/bin/sh
# packages.sh KIND...: installs the packages of packages.txt of these kinds that are missing. Says
# what to do when it cannot. Does nothing, and needs nobody's rights, when all are there.
set -eu
cd "$(dirname "$0")/.."

kinds=$(printf '%s|' "$@"); kinds=${kinds%|}
wanted=$(sed -nE "s/^([a-z0-9.+-]+) +($kinds)( .*)?\$/\1/p" packages.txt)
missing=
for package in $wanted; do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "missing packages:$missing"
if ! command -v apt-get >/dev/null; then
    echo "packages.sh: no apt-get here: install them with your system's own tool" >&2
    exit 69
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "packages.sh: neither root nor sudo: have somebody run  apt-get install$missing" >&2
        exit 77
    fi
    as_root='sudo'
fi
# An MTA among them must not ask how to set itself up, nor start.
export DEBIAN_FRONTEND=noninteractive
if printf '%s' "$missing" | grep -qw postfix; then
    echo 'postfix postfix/main_mailer_type select No configuration' | $as_root debconf-set-selections
fi
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300"
$apt update -qq || echo "packages.sh: no fresh package lists; trying with those that are there" >&2
# shellcheck disable=SC2086 # a list of words
if ! $apt install -qq -y --no-install-recommends $missing; then
    echo "packages.sh: apt-get could not install them; see above" >&2
    exit 69
fi
