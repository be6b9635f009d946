#!/bin/bash
# neutron/lab/package.sh - builds the Debian package of the driver by its recipe, in the Debian root of interop-tests/package-test.sh, and looks
# at what came out. Root and the network; some minutes, most of them for what a build needs. Exit code 0 when the package is as it should be.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cache=${WGJVM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/wg-jvm}
work=$(mktemp -d)
system=$work/system
cleanup() {
  trap - EXIT
  ! mountpoint -q "$system/proc" || umount "$system/proc"
  rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "FAILED: $*" >&2; tail -n 30 "$work"/*.log >&2 2> /dev/null; exit 1; }

[ -f "$cache/debian-root.tar" ] || fail "there is no $cache/debian-root.tar: interop-tests/package-test.sh makes it"
mkdir "$system"
tar -C "$system" -xpf "$cache/debian-root.tar"
mount -t proc proc "$system/proc"
cp -L /etc/resolv.conf "$system/etc/resolv.conf"
for file in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d /etc/apt/trusted.gpg.d /usr/share/keyrings; do
  [ ! -e "$file" ] || cp -a "$file" "$system$(dirname "$file")/"
done
export http_proxy=${http_proxy:-} https_proxy=${https_proxy:-} DEBIAN_FRONTEND=noninteractive LC_ALL=C
in_system() { chroot "$system" "$@"; }
echo "== what a build needs"
in_system apt-get -q update > "$work/apt.log" 2>&1 || fail "apt-get update"
in_system apt-get -qy --no-install-recommends install dpkg-dev build-essential debhelper dh-python pybuild-plugin-pyproject python3-all \
  python3-setuptools lintian shellcheck >> "$work/apt.log" 2>&1 || fail "apt-get install"
mkdir "$system/build"
cp -a "$root/neutron" "$system/build/wghub-neutron"
echo "== dpkg-buildpackage"
in_system sh -c 'cd /build/wghub-neutron && dpkg-buildpackage -us -uc -b' > "$work/build.log" 2>&1 || fail "dpkg-buildpackage"
deb=$(cd "$system/build" && ls -- *.deb)
in_system dpkg-deb -c "/build/$deb" | sed 's/^.* \.//' > "$work/contents"
for file in /usr/lib/python3/dist-packages/wghub_neutron/mech_driver.py /etc/neutron/policy.d/wghub.yaml entry_points.txt; do
  grep -q -- "$file" "$work/contents" || { cat "$work/contents" >&2; fail "$deb has no $file"; }
done
! grep -q '/tests\|/lab\|/devstack' "$work/contents" || { cat "$work/contents" >&2; fail "$deb has more than the driver"; }
in_system dpkg-deb -f "/build/$deb" Depends | grep -q 'python3-neutron' || fail "$deb does not depend on Neutron"
in_system lintian --allow-root --fail-on error --tag-display-limit 0 "/build/$deb" || fail "lintian"
echo "== shellcheck"
in_system shellcheck -s bash -S warning /build/wghub-neutron/devstack/plugin.sh /build/wghub-neutron/lab/real-neutron.sh \
  /build/wghub-neutron/lab/package.sh || fail "shellcheck"
echo "== PASSED: $deb"
