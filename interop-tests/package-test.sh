#!/bin/bash
# package-test.sh [--no-build] - installs the .deb into a fresh Debian root without a JDK, and does with it what an operator does: starts a tunnel
# by the command lines of its own systemd unit with the rights that the unit gives it, reloads it, crashes it, upgrades the package under it,
# starts the agent of hubs by its unit, and purges it all; and runs it as a container engine would. Then the tar.gz is unpacked and started. Sizes and start times are printed.
#
# Needs root, dpkg-deb, python3, perl and, the first time, debootstrap and the network; the root is kept in $WGJVM_LAB or ~/.cache/wg-jvm. There is no systemd
# here: what it would do, by the unit's text, this script does. Exit code 0 only when all of it went well.
set -euo pipefail
case "${1:-}" in -h | --help)
  sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'
  exit 0
  ;;
esac
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
cache=${WGJVM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/wg-jvm}
work=$(mktemp -d)
system=$work/system
id=$(printf '%x' $$)
left=wgp${id}a right=wgp${id}b
listener='' hub=''
build=("$@")

say() { echo "== $*"; }
fail() {
  echo "package-test: FAILED: $*" >&2
  [ ! -f "$work/daemon.log" ] || sed 's/^/  daemon: /' "$work/daemon.log" >&2
  [ ! -f "$work/notify.log" ] || sed 's/^/  notified: /' "$work/notify.log" >&2
  exit 1
}

clean_up() {
  trap - EXIT
  local pid name
  [ -z "$listener" ] || kill "$listener" 2> /dev/null || true
  for name in "$left" "$right"; do
    for pid in $(ip netns pids "$name" 2> /dev/null); do kill -9 "$pid" 2> /dev/null || true; done
    ip netns delete "$name" 2> /dev/null || true
  done
  [ -z "$hub" ] || kill -9 "$hub" 2> /dev/null || true
  for name in "$system/run/netns/"*; do ! mountpoint -q "$name" || umount "$name"; done
  ! mountpoint -q "$system/run/netns" || umount -l "$system/run/netns"
  ! mountpoint -q "$system/proc" || umount "$system/proc"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

await() { # await WHAT SECONDS COMMAND: until the command succeeds
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "$what did not come"
    sleep 0.05
  done
}
now_ms() { date +%s%3N; }
size() { du -h -s --apparent-size "$1" | cut -f 1; }

say "a root without a JDK"
if [ ! -f "$cache/debian-root.tar" ]; then
  command -v debootstrap > /dev/null || { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends install debootstrap; }
  mkdir -p "$cache"
  debootstrap --variant=minbase --include=iproute2,iputils-ping,nftables,procps bookworm "$work/bootstrap" > "$work/bootstrap.log" 2>&1 \
    || { tail "$work/bootstrap.log" >&2; fail "debootstrap"; }
  tar -C "$work/bootstrap" --exclude './var/cache/apt/*' --exclude './var/lib/apt/lists/*' -cf "$cache/debian-root.tar.part" .
  mv "$cache/debian-root.tar.part" "$cache/debian-root.tar"
  rm -rf "$work/bootstrap"
fi
mkdir "$system"
tar -C "$system" -xpf "$cache/debian-root.tar"
mount -t proc proc "$system/proc"
mkdir -p "$system/dev/net"
[ -e "$system/dev/net/tun" ] || mknod "$system/dev/net/tun" c 10 200
! chroot "$system" sh -c 'command -v java' || fail "there is a java in the root"
# What changes although nobody installs anything.
snapshot() { (cd "$system" && find . -xdev ! -path './proc/*' ! -path './var/lib/dpkg*' ! -path './var/log/*' ! -path './run/*' ! -path './tmp/*' | sort); }
snapshot > "$work/before"

say "the packages"
"$root/bin/dist" ${build[@]+"${build[@]}"} --version 0.9.0 deb tar
for each in first second; do
  "$root/bin/dist" --no-build --fast --version 0.9.1 deb > /dev/null
  sha256sum < "$root/dist/wg-jvm_0.9.1_$(dpkg --print-architecture).deb" > "$work/$each"
done
cmp -s "$work/first" "$work/second" || fail "two packages of one commit differ"
echo "   made twice, the package is the same byte for byte"
arch=$(dpkg --print-architecture)
if command -v lintian > /dev/null; then
  lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$root/dist/wg-jvm_0.9.1_$arch.deb" || fail "lintian"
  echo "   lintian has nothing to say against it"
else
  echo "   NOT CHECKED by lintian, which is not installed"
fi
for version in 0.9.0 0.9.1; do mv "$root/dist/wg-jvm_${version}_$arch.deb" "$system/tmp/"; done
mv "$root/dist/wg-jvm-0.9.0-linux-$arch.tar.gz" "$system/tmp/"
for page in "$root"/dist/man/*.8; do
  ! command -v mandoc > /dev/null || mandoc -Tlint -Wwarning "$page" || fail "${page##*/} has mistakes"
done

say "installation"
dpkg_in() { chroot "$system" env DEBIAN_FRONTEND=noninteractive dpkg "$@" > "$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log" >&2; fail "dpkg $*"; }; }
began=$(now_ms)
dpkg_in -i "/tmp/wg-jvm_0.9.0_$arch.deb"
echo "   $(size "$system/tmp/wg-jvm_0.9.0_$arch.deb") of package, installed in $(($(now_ms) - began)) ms:" \
  "$(size "$system/usr/lib/wg-jvm") and $(size "$system/var/cache/wg-jvm") of caches"
[ -s "$system/var/cache/wg-jvm/daemon.aot" ] && [ -s "$system/var/cache/wg-jvm/commands.aot" ] || fail "the rehearsal left no caches"
[ -z "$(chroot "$system" dpkg --verify wg-jvm)" ] || fail "files differ from what the package says"
[ "$(stat -c %a "$system/etc/wireguard")" = 700 ] || fail "/etc/wireguard is not for its owner alone"
if command -v systemd-analyze > /dev/null; then
  verdict=$(systemd-analyze verify --root="$system" --man=no wg-jvm@wg0.service 2>&1 | grep 'wg-jvm@' | grep -v 'Unit .* not found' || true)
  [ -z "$verdict" ] || fail "systemd-analyze verify: $verdict"
  systemd-analyze security --offline=true --root="$system" wg-jvm@wg0.service 2> /dev/null | grep 'Overall exposure' | sed 's/^/   /' || true
fi

say "a link"
ip netns add "$left"
ip netns add "$right"
ip -n "$left" link set lo up
ip -n "$right" link set lo up
ip -n "$left" link add eth0 type veth peer name eth0 netns "$right"
ip -n "$left" addr add 10.66.0.1/24 dev eth0
ip -n "$right" addr add 10.66.0.2/24 dev eth0
ip -n "$left" link set eth0 up
ip -n "$right" link set eth0 up

in_left() { ip netns exec "$left" chroot "$system" "$@"; }
in_right() { ip netns exec "$right" chroot "$system" "$@"; }
wg_jvm() { chroot "$system" wg-jvm "$@"; }
left_key=$(wg_jvm genkey) right_key=$(wg_jvm genkey)
left_public=$(wg_jvm pubkey <<< "$left_key") right_public=$(wg_jvm pubkey <<< "$right_key")
conf=$system/etc/wireguard/$left.conf
(
  umask 077
  printf '[Interface]\nPrivateKey = %s\nListenPort = 51820\nAddress = 10.67.0.1/24\nMTU = 1420\n\n[Peer]\nPublicKey = %s\nEndpoint = 10.66.0.2:51821\nAllowedIPs = 10.67.0.2/32, 10.68.0.0/16\n' \
    "$left_key" "$right_public" > "$conf"
  printf '[Interface]\nPrivateKey = %s\nListenPort = 51821\nAddress = 10.67.0.2/24\nMTU = 1420\n\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.67.0.1/32\n' \
    "$right_key" "$left_public" > "$system/etc/wireguard/$right.conf"
)
in_right wg-jvm up "$right" 2> "$work/right.log" || { cat "$work/right.log" >&2; fail "the other side"; }

# systemd, as far as this unit needs it.
unit=$system/usr/lib/systemd/system/wg-jvm@.service
command_of() { sed -n "s/^$1=-\{0,1\}//p" "$unit" | sed "s/%i/$left/g"; }
as_unit() { # as_unit COMMAND...: with the unit's rights and environment
  local capability
  capability=$(sed -n 's/^CapabilityBoundingSet=CAP_//p' "$unit" | tr '[:upper:]' '[:lower:]')
  in_left setpriv --bounding-set "-all,+$capability" --inh-caps "-all,+$capability" --ambient-caps "-all,+$capability" --no-new-privs \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin NOTIFY_SOCKET=/run/notify WATCHDOG_USEC=2000000 LOG_LEVEL=verbose "$@"
}
listen() { # what is sent to the notification socket, a line for each message
  rm -f "$system/run/notify"
  perl -MSocket -e '
    my ($s, $m);
    socket($s, AF_UNIX, SOCK_DGRAM, 0) && bind($s, pack_sockaddr_un($ARGV[0])) or die "notify: $!";
    $| = 1; while (defined recv($s, $m, 4096, 0)) { $m =~ s/\n/ /g; print "$m\n" }' "$system/run/notify" > "$work/notify.log" &
  listener=$!
  await "the notification socket" 10 test -S "$system/run/notify"
}
main=''
start() {
  : > "$work/notify.log"
  local at
  at=$(now_ms)
  # shellcheck disable=SC2046
  as_unit $(command_of ExecStart) >> "$work/daemon.log" 2>&1 &
  main=$!
  await "READY=1" 60 grep -q '^READY=1' "$work/notify.log"
  echo "   ready after $(($(now_ms) - at)) ms"
  # shellcheck disable=SC2046
  as_unit $(command_of ExecStartPost) >> "$work/daemon.log" 2>&1 || fail "ExecStartPost"
  echo "   up after $(($(now_ms) - at)) ms"
}
# shellcheck disable=SC2046
run_unit() { as_unit $(command_of "$1") >> "$work/daemon.log" 2>&1 || fail "$1"; }
daemon_pid() { ip netns pids "$left" | while read -r pid; do ! grep -qz -- '^-f$' "/proc/$pid/cmdline" 2> /dev/null || echo "$pid"; done | head -n 1; }
ping_once() { in_left ping -n -q -c 1 -W 2 10.67.0.2; }
pings_begin() { in_left ping -n -i 0.1 -c 9000 -W 5 10.67.0.2 > "$work/ping" 2>&1 & pinging=$!; }
pings_end() { # pings_end WHEN: none may be lost, but for a last one whose answer nobody waited for
  local each
  for each in $(ip netns pids "$left"); do [ "$(cat "/proc/$each/comm")" != ping ] || kill -INT "$each"; done
  wait "$pinging" || true
  sed -n 's/.*bytes from.*icmp_seq=\([0-9]*\).*/\1/p' "$work/ping" | sort -n | awk '$1 != NR { bad = 1 } END { exit bad || NR == 0 }' || { cat "$work/ping" >&2; fail "pings were lost in $1"; }
}
pings() { echo "all $(grep -c 'bytes from' "$work/ping") pings answered"; }
# Whether the session that began at $1 goes on, or is the next one, which is due after 120 s.
same_session() { local later=$(($(handshake) - $1)); [ $later = 0 ] || [ $later -ge 119 ]; }
handshake() { in_left wg-jvm show "$left" latest-handshakes | grep "$right_public" | cut -f 2; }

listen
say "start, by the unit's own command lines"
start
await "an answer through the tunnel" 20 ping_once
in_left ip route show dev "$left" | grep -q '^10.68.0.0/16' || fail "the route is not there"
grep -q '^CapEff:[[:space:]]*0000000000001000$' "/proc/$(daemon_pid)/status" || fail "the daemon has other rights than CAP_NET_ADMIN"
echo "   through the tunnel, with CAP_NET_ADMIN and no other capability"
await "the watchdog's second message" 20 sh -c "[ \$(grep -c '^WATCHDOG=1' '$work/notify.log') -ge 2 ]"
[ "$(stat -c %a "$system/run/wireguard/$left.sock")" = 700 ] || fail "the socket is not for root alone"

say "reload"
pid=$(daemon_pid) shook=$(handshake)
pings_begin
third=$(wg_jvm genkey | wg_jvm pubkey)
printf '\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.69.0.0/16\n' "$third" >> "$conf"
run_unit ExecReload
in_left wg-jvm show "$left" peers | grep -q "$third" || fail "the peer did not come"
in_left ip route show dev "$left" | grep -q '^10.69.0.0/16' || fail "its route did not come"
pings_end "the reload"
[ "$(daemon_pid)" = "$pid" ] && same_session "$shook" || fail "the session did not survive the reload"
echo "   a peer and its route came; $(pings), and no handshake"

say "a crash, and what the unit does then"
kill -9 "$pid"
wait "$main" 2> /dev/null || true
run_unit ExecStopPost
start
await "an answer through the tunnel" 20 ping_once

say "upgrade of the package under the tunnel"
pid=$(daemon_pid)
pings_begin
dpkg_in -i "/tmp/wg-jvm_0.9.1_$arch.deb"
pings_end "the upgrade of the package"
[ "$(daemon_pid)" = "$pid" ] || fail "the upgrade ended the daemon"
[ "$(chroot "$system" dpkg-query -W -f '${Version}' wg-jvm)" = 0.9.1 ] || fail "the version is another"
echo "   the tunnel went on: $(pings)"
if wg_jvm --help | grep -q '^  upgrade'; then
  shook=$(handshake)
  pings_begin
  in_left wg-jvm upgrade "$left" > "$work/upgrade.log" 2>&1 || { cat "$work/upgrade.log" >&2; fail "wg-jvm upgrade"; }
  pings_end "wg-jvm upgrade"
  same_session "$shook" || fail "there was a handshake in wg-jvm upgrade"
  await "the end of the old daemon" 20 sh -c "! kill -0 $pid"
  grep -q '^MAINPID=' "$work/notify.log" || fail "systemd was not told of the new process"
  pid=$(daemon_pid)
  echo "   wg-jvm upgrade: another process, $(pings), and no handshake"
fi
run_unit ExecStop
await "the daemon's end" 20 sh -c "! kill -0 $pid"
wait "$main" || fail "the daemon ended with $?"
run_unit ExecStopPost
! in_left ip link show "$left" > /dev/null 2>&1 || fail "the interface is still there"
grep -q '^STOPPING=1' "$work/notify.log" || fail "STOPPING=1 was not sent"
start
await "an answer through the tunnel of the new version" 20 ping_once
run_unit ExecStop
wait "$main" || fail "the daemon ended with $?"

say "as in a container: namespaces of its own, CAP_NET_ADMIN, /dev/net/tun, and the filter of container engines"
install -m 755 "$root/packaging/container-entry" "$system/usr/local/bin/container-entry"
contained() { # what an engine does for: --cap-drop all --cap-add NET_ADMIN --device /dev/net/tun
  ip netns exec "$left" unshare --mount --pid --fork --kill-child --ipc --uts --mount-proc="$system/proc" \
    python3 -B "$root/interop-tests/lab/contain.py" "$system" \
    setpriv --bounding-set '-all,+net_admin' --inh-caps '-all,+net_admin' --ambient-caps '-all,+net_admin' --no-new-privs \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin LOG_LEVEL=verbose "$@"
}
contained unshare --user true 2> /dev/null && fail "the filter does not filter"
contained container-entry "$left" >> "$work/daemon.log" 2>&1 &
main=$!
await "an answer through the tunnel" 60 ping_once
pid=$(daemon_pid)
grep -q '^Seccomp:[[:space:]]*2$' "/proc/$pid/status" || fail "there is no filter"
grep -q '^CapBnd:[[:space:]]*0000000000001000$' "/proc/$pid/status" || fail "the daemon may become more than CAP_NET_ADMIN"
shook=$(handshake)
pings_begin
in_left wg-jvm upgrade "$left" > "$work/upgrade.log" 2>&1 || { cat "$work/upgrade.log" >&2; fail "wg-jvm upgrade in a container"; }
await "the end of the old daemon" 20 sh -c "! kill -0 $pid"
pings_end "wg-jvm upgrade in a container"
same_session "$shook" || fail "there was a handshake in wg-jvm upgrade"
kill -0 "$main" || fail "the container ended with the old daemon"
echo "   up, and upgraded: $(pings), and no handshake"
for each in $(ip netns pids "$left"); do [ "$(cat "/proc/$each/comm")" != container-entry ] || kill -TERM "$each"; done
wait "$main" || fail "the entry point ended with $?"
! in_left ip link show "$left" > /dev/null 2>&1 || fail "the interface is still there"
rm "$system/usr/local/bin/container-entry"
in_right wg-jvm down "$right" 2>> "$work/right.log"

say "the agent of hubs, by its unit's own command line"
unit=$system/usr/lib/systemd/system/wg-hub.service
# A view of the file system of its own would hide the namespaces that it makes from everybody else.
! grep -E '^(ProtectSystem|ProtectHome|PrivateTmp|PrivateDevices|PrivateMounts|ProtectProc|ProtectKernel[A-Z]|ProtectControlGroups|(ReadWrite|ReadOnly|Inaccessible|Bind)[A-Za-z]*Paths|TemporaryFileSystem|MountFlags)' "$unit" \
  || fail "the unit gives the agent a view of the file system of its own"
project=$id-project port=d0000001-0000-4000-8000-000000000001
in_host() { nsenter --net="/run/netns/$left" chroot "$system" "$@"; } # With the machine's mounts, as a service without such settings has them.
install -d -m 700 "$system/var/lib/wg-hub" "$system/run/wg-hub"
start_hub() {
  local capabilities at before
  before=$(grep -ac 'READY=1' "$work/notify.log" || true)
  capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" | tr '[:upper:]' '[:lower:]' | sed 's/cap_/+/g; s/ /,/g')
  at=$(now_ms)
  # shellcheck disable=SC2046
  in_host setpriv --bounding-set "-all,$capabilities" --inh-caps "-all,$capabilities" --ambient-caps "-all,$capabilities" --no-new-privs \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin NOTIFY_SOCKET=/run/notify \
    $(sed -n 's/^ExecStart=//p' "$unit" | sed 's/\$WGHUB_OPTIONS/--public-address 10.66.0.1 --host net1 --ui 51881/') \
    >> "$work/daemon.log" 2>&1 &
  hub=$!
  await "READY=1 of the agent" 60 sh -c "[ \$(grep -ac 'READY=1' '$work/notify.log') -gt $before ]"
  echo "   ready after $(($(now_ms) - at)) ms"
}
hub_pid() { ip netns pids "$left" | while read -r pid; do ! grep -qz 'org.wgjvm.hub.cli.Main' "/proc/$pid/cmdline" 2> /dev/null || echo "$pid"; done | head -n 1; }
hub_key() { in_host wg-hub show "$port" | sed -n 's/.*"public_key": "\(.*\)".*/\1/p'; }
start_hub
[ "$(stat -c %a "$system/run/wg-hub/agent.sock")" = 600 ] && [ "$(stat -c %a "$system/run/wg-hub/agent.url")" = 600 ] \
  || fail "the agent's socket or the address of its page is not for root alone"
printf '{"id":"%s","network_id":"d1111111-0000-4000-8000-000000000001","project_id":"%s","device_owner":"channel:wireguard:hub","binding:host_id":"net1","fixed_ips":[{"ip_address":"10.50.0.1"}]}' \
  "$port" "$project" > "$system/tmp/hub.json"
in_host wg-hub put /tmp/hub.json > "$work/hub.json" || fail "wg-hub put"
grep -q '"status": "ACTIVE"' "$work/hub.json" || { cat "$work/hub.json" >&2; fail "the hub is not ACTIVE"; }
key=$(hub_key)
hub_link() { nsenter --net="$system/run/netns/tun-$project" ip link show wg-d0000001-00; }
hub_link > /dev/null || fail "there is no interface of the hub's"
kill -TERM "$(hub_pid)"
wait "$hub" || fail "the agent ended with $?"
hub=''
! hub_link > /dev/null 2>&1 || fail "the hub's interface outlives the agent"
start_hub
[ -n "$key" ] && [ "$(hub_key)" = "$key" ] || fail "the hub has another key after a restart"
hub_link > /dev/null || fail "the hub's interface is not there after a restart"
kill -TERM "$(hub_pid)"
wait "$hub" || fail "the agent ended with $?"
hub=''
rm "$system/tmp/hub.json"
echo "   a hub came, and was there again after a restart with the same key"

say "purge"
rm -f "$system/etc/wireguard/"*.conf
dpkg_in --purge wg-jvm
[ -z "$(in_host ip netns list)" ] || fail "purge leaves a namespace: $(in_host ip netns list)"
snapshot > "$work/after"
diff "$work/before" "$work/after" > "$work/leftovers" || { cat "$work/leftovers" >&2; fail "purge leaves something"; }
echo "   nothing is left"

say "the tar.gz, unpacked where somebody likes it"
mkdir "$system/opt/elsewhere"
tar -C "$system/opt/elsewhere" -xzf "$system/tmp/wg-jvm-0.9.0-linux-$arch.tar.gz"
program=/opt/elsewhere/wg-jvm-0.9.0-linux-$arch/bin/wg-jvm
used=$(in_left env WGJVM_JAVA_OPTS='-Xlog:aot=info:stdout' "$program" genkey | grep -c 'Opened AOT cache' || true)
[ "$used" = 1 ] || fail "the cache in the tar.gz is not used"
began=$(now_ms)
in_left "$program" "$left" || fail "the daemon of the tar.gz"
echo "   $(size "$system/tmp/wg-jvm-0.9.0-linux-$arch.tar.gz"); ready after $(($(now_ms) - began)) ms"
in_left "$program" show "$left" > /dev/null
in_left ip link del "$left"
echo "package-test: PASSED after $SECONDS s"
