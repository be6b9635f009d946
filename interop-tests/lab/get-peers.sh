#!/bin/bash
# get-peers.sh [install | wireguard-go | kernel | promtool] - brings what the interop tests talk to, from Debian, without installing it into the machine.
# Without an argument: wireguard-go, kernel and promtool. What is in the cache already is not brought again; remove the cache directory for newer ones.
#
#   install        (root) the Debian packages that the tests themselves use: wg, wg-quick, iperf3, nft, qemu, chromium, etcd, ...
#   wireguard-go   two releases: of Debian stable and of Debian unstable (the newest)
#   promtool       the program of Prometheus that checks metrics
#   kernel         the cloud kernel of Debian stable with its modules, for kernel-peer.sh
#
# Cache directory: $WGJVM_LAB, or $XDG_CACHE_HOME/wg-jvm, or ~/.cache/wg-jvm. In it: wireguard-go-stable and wireguard-go-newest (each with the
# program wireguard-go), kernel (with vmlinuz and modules/VERSION). Downloads come from the Debian mirror of the machine's own apt sources.
set -euo pipefail
cache=${WGJVM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/wg-jvm}
packages=(wireguard-tools iperf3 iproute2 nftables iputils-ping procps busybox-static qemu-system-x86 seabios cpio kmod xz-utils netcat-openbsd strace chromium tshark etcd-server)
programs=(wg wg-quick iperf3 ip nft ping sysctl busybox qemu-system-x86_64 cpio modprobe xz nc strace chromium tshark etcd)

own_mirror() { # the first Debian mirror in the machine's apt sources, in either format
  local mirror
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | awk '
    /^URIs:/ { uri = $2 }
    /^deb / { uri = ""; for (i = 2; i <= NF; i++) if ($i ~ /^[a-z+]+:/) { uri = $i; break } }
    uri ~ /\/debian\/?$/ { print uri; exit }')
  if [ -z "$mirror" ]; then
    echo "No Debian mirror in /etc/apt: this script needs a Debian machine." >&2
    return 1
  fi
  echo "$mirror"
}

apt_of() { # apt_of SUITE PROGRAM ARGUMENT ...: apt with the machine's settings, but with another suite as its only source and a state of its own
  local suite=$1 program=$2 state=$cache/apt/$1
  shift 2
  "$program" -q -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$state" \
    -o Dir::State::Status="$state/status" -o Dir::Cache="$state/cache" -o APT::Sandbox::User=root -o APT::Update::Post-Invoke-Success= "$@"
}

use_suite() { # use_suite SUITE: its package lists, brought once a run
  local state=$cache/apt/$1
  [ -z "${used[$1]:-}" ] || return 0
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : > "$state/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(own_mirror) $1 main" > "$state/sources.list"
  apt_of "$1" apt-get update >&2
  used[$1]=1
}
declare -A used=()

unpack() { # unpack SUITE PACKAGE DIRECTORY: the package's files under DIRECTORY
  local work
  use_suite "$1"
  work=$(mktemp -d "$cache/download.XXXXXX")
  (cd "$work" && apt_of "$1" apt-get download "$2" >&2)
  dpkg-deb -x "$work"/*.deb "$3"
  basename "$work"/*.deb > "$3/origin"
  rm -rf "$work"
}

get_wireguard_go() {
  local release suite work
  for release in stable newest; do
    suite=stable
    [ "$release" = newest ] && suite=sid
    if [ ! -x "$cache/wireguard-go-$release/wireguard-go" ]; then
      work=$(mktemp -d "$cache/unpack.XXXXXX")
      unpack "$suite" wireguard-go "$work"
      mkdir -p "$cache/wireguard-go-$release"
      cp "$work/origin" "$cache/wireguard-go-$release/"
      cp "$work/usr/bin/wireguard-go" "$cache/wireguard-go-$release/"
      rm -rf "$work"
    fi
    echo "wireguard-go ($release): $(cat "$cache/wireguard-go-$release/origin")"
  done
}

get_promtool() {
  local work
  if [ ! -x "$cache/promtool/promtool" ]; then
    work=$(mktemp -d "$cache/unpack.XXXXXX")
    unpack stable promtool "$work"
    mkdir -p "$cache/promtool"
    cp "$work/origin" "$work/usr/bin/promtool" "$cache/promtool/"
    rm -rf "$work"
  fi
  echo "promtool: $(cat "$cache/promtool/origin")"
}

get_kernel() {
  local image work modules
  if [ ! -f "$cache/kernel/vmlinuz" ]; then
    use_suite stable
    image=$(apt_of stable apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    work=$(mktemp -d "$cache/unpack.XXXXXX")
    unpack stable "$image" "$work"
    modules=$work/lib/modules
    [ -d "$modules" ] || modules=$work/usr/lib/modules
    rm -rf "$cache/kernel"
    mkdir -p "$cache/kernel"
    mv "$modules" "$cache/kernel/modules"
    cp "$work/origin" "$cache/kernel/"
    cp "$work"/boot/vmlinuz-* "$cache/kernel/vmlinuz"
    rm -rf "$work"
  fi
  echo "kernel: $(cat "$cache/kernel/origin")"
}

install_packages() {
  local program missing=''
  for program in "${programs[@]}"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$program" > /dev/null || missing+=" $program"
  done
  if [ -n "$missing" ]; then
    echo "missing:$missing"
    apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends install "${packages[@]}"
  fi
  echo "every program that the interop tests need is there"
}

mkdir -p "$cache"
case "${1:-all}" in
  install) install_packages ;;
  wireguard-go) get_wireguard_go ;;
  kernel) get_kernel ;;
  promtool) get_promtool ;;
  all)
    get_wireguard_go
    get_kernel
    get_promtool
    ;;
  *)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
