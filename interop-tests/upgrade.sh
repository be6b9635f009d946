#!/bin/bash
# upgrade.sh [run [UPGRADES]] | crash [STEP=ACTION ...] - the daemon is replaced while its tunnel is in use. Run it as root.
#
#   run [50]   iperf3 TCP and a ping every 2 ms go through a tunnel to wireguard-go while our daemon is upgraded so many times. Nothing may be
#              lost: the TCP connection, a handshake that was not due, more than 50 ms without a reply for each upgrade (on a quiet machine;
#              WGJVM_GAP_MS=N allows another number). Prints a line for each upgrade.
#   crash      either process is killed, or hangs, at every step of the hand-over, once each. The tunnel must recover by itself, or, where the
#              daemon that was killed had no successor yet, when it is started anew as a supervisor would; and on the wire no counter may be
#              used twice. Prints a line for each step.
#
# The other side is the newest wireguard-go that lab/get-peers.sh brought, or $RIGHT_DAEMON; ours is bin/wg-jvm, or $LEFT_DAEMON. Exit code 0
# only when everything held.
set -Eeuo pipefail
case "${1:-run}" in -h | --help)
  sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | head -n -1
  exit 0
  ;;
esac
export PATH=$PATH:/usr/sbin:/sbin
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
left_daemon=${LEFT_DAEMON:-$root/bin/wg-jvm}
right_daemon=${RIGHT_DAEMON:-${WGJVM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/wg-jvm}/wireguard-go-newest/wireguard-go}
gap_ms=${WGJVM_GAP_MS:-50}
recovery_s=40
id=$(printf '%x' $$)
left=wiu${id}a right=wiu${id}b
work=$(mktemp -d)
failures=0

kill_inside() {
  local pid
  for pid in $(ip netns pids "$1" 2> /dev/null); do kill -9 "$pid" 2> /dev/null || true; done
}

clean_up() {
  trap - EXIT
  kill_inside "$left"
  kill_inside "$right"
  ip netns delete "$left" 2> /dev/null || true
  ip netns delete "$right" 2> /dev/null || true
  rm -rf "$work" "/run/wireguard/$left.sock" "/run/wireguard/$left.wgjvm" "/run/wireguard/$right.sock"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
trap 'echo "upgrade.sh: line $LINENO failed: $BASH_COMMAND" >&2; tail -n 3 "$work/left.log" >&2 || true' ERR

in_left() { ip netns exec "$left" "$@"; }
in_right() { ip netns exec "$right" "$@"; }

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

await() { # SECONDS COMMAND...: until it succeeds
  local until=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $until ] || return 1
    sleep 0.05
  done
}

# The process that has the TUN device of the left side.
owner() {
  local pid
  for pid in $(ip netns pids "$left"); do
    ! grep -qsx "iff:[[:space:]]*$left" "/proc/$pid/fdinfo/"* || echo "$pid"
  done
}

left_key=$(wg genkey) right_key=$(wg genkey)

start_left() { # with the environment in the arguments, and configured
  rm -f "/run/wireguard/$left.sock" "/run/wireguard/$left.wgjvm"
  in_left env "$@" LOG_LEVEL=verbose "$left_daemon" "$left" 2>> "$work/left.log"
  in_left wg set "$left" listen-port 51820 private-key <(echo "$left_key") peer "$(wg pubkey <<< "$right_key")" \
    endpoint 10.66.0.2:51821 allowed-ips 10.67.0.2/32
  in_left ip addr add 10.67.0.1/24 dev "$left"
  in_left ip link set "$left" up
}

set_up() {
  ip netns add "$left"
  ip netns add "$right"
  in_left ip link set lo up
  in_right ip link set lo up
  in_left ip link add eth0 type veth peer name eth0 netns "$right"
  in_left ip addr add 10.66.0.1/24 dev eth0
  in_left ip link set eth0 up
  in_right ip addr add 10.66.0.2/24 dev eth0
  in_right ip link set eth0 up
  in_right env LOG_LEVEL=verbose "$right_daemon" "$right" > "$work/right.log" 2>&1
  in_right wg set "$right" listen-port 51821 private-key <(echo "$right_key") peer "$(wg pubkey <<< "$left_key")" \
    endpoint 10.66.0.1:51820 allowed-ips 10.67.0.1/32
  in_right ip addr add 10.67.0.2/24 dev "$right"
  in_right ip link set "$right" up
}

# Also the interface: the kernel takes it away a moment after the process.
left_is_gone() { [ -z "$(ip netns pids "$left")" ] && ! in_left ip link show "$left"; }
answered() { in_left ping -n -q -c 1 -W 1 10.67.0.2; }
handshake() { in_left wg show "$left" latest-handshakes | cut -f 2; }

# The longest time without a reply that ended between two moments (seconds since 1970), in ms; 0.0 when there is none worth mentioning.
longest_gap() {
  awk -v from="$1" -v to="$2" '$1 >= from && $1 - $2 / 1000 <= to && $2 > most { most = $2 } END { printf "%.1f\n", most }' "$work/gaps"
}

run() {
  local upgrades=$1 n before after began=$SECONDS from to gap took worst=0 handshakes=0 ping client gaps
  start_left
  await 20 answered || { fail "no tunnel"; return; }
  in_right iperf3 -s -D
  await 10 in_left iperf3 -c 10.67.0.2 -n 1
  # Not by way of a function: that would be a process of bash's own, and what is sent to it would not reach the program. What makes and
  # watches the traffic goes before what carries it, or else its own pauses would be counted.
  ip netns exec "$left" nice -n -10 python3 -B "$root/interop-tests/lab/reply-gaps.py" "$left" 10.67.0.2 > "$work/gaps" &
  gaps=$!
  await 10 grep -q ready "$work/gaps"
  ip netns exec "$left" nice -n -10 iperf3 -c 10.67.0.2 -t 86400 -b "${WGJVM_BITRATE:-50M}" -i 10 > "$work/iperf" 2>&1 &
  client=$!
  ip netns exec "$left" nice -n -10 ping -n -q -i 0.002 10.67.0.2 > "$work/ping" &
  ping=$!
  # A daemon compiles what it needs in its first seconds.
  sleep "${WGJVM_SETTLE_S:-10}"
  from=$(date +%s.%N)
  sleep 5
  echo "before the first upgrade: longest time without a reply in 5 s $(longest_gap "$from" "$(date +%s.%N)") ms"
  for ((n = 1; n <= upgrades; n++)); do
    before=$(handshake)
    from=$(date +%s.%N)
    in_left "$left_daemon" upgrade "$left" > "$work/upgrade" 2>&1 || { fail "upgrade $n: $(tail -n 1 "$work/upgrade")"; break; }
    sleep 1
    to=$(date +%s.%N)
    sleep 0.5 # a gap is told of when it ends
    after=$(handshake)
    took=$((after - before))
    [ $took = 0 ] || handshakes=$((handshakes + 1))
    [ $took = 0 ] || [ $took -ge 119 ] || fail "upgrade $n: a new handshake after $took s"
    gap=$(longest_gap "$from" "$to")
    echo "upgrade $n: $(tail -n 1 "$work/upgrade"); longest time without a reply $gap ms"
    ! awk "BEGIN { exit !($gap > $worst) }" || worst=$gap
    ! awk "BEGIN { exit !($gap > $gap_ms) }" || fail "upgrade $n: $gap ms without a reply"
    kill -0 "$client" 2> /dev/null || { fail "upgrade $n: the TCP connection is gone: $(tail -n 1 "$work/iperf")"; break; }
  done
  kill -INT "$ping" "$client" 2> /dev/null || true
  kill "$gaps"
  wait "$ping" "$client" "$gaps" || true
  echo "pings: $(grep -a transmitted "$work/ping")"
  echo "iperf3: $(grep -a sender "$work/iperf" | tail -n 1)"
  echo "$upgrades upgrades in $((SECONDS - began)) s, $handshakes handshakes (one is due every 120 s), longest time without a reply $worst ms"
}

# STEP=ACTION, who goes on (old, new, or restart for nobody), and with which sessions.
expected() {
  case $1 in
    old-started=* | old-introduced=* | old-warm=* | old-frozen=*) echo restart ;;
    old-*) echo new ;;
    new-running=*) echo restart ;;
    new-*) echo old ;;
  esac
}

all_steps="old-started=kill old-introduced=kill old-warm=kill old-frozen=kill old-state-sent=kill old-prepared=kill old-committed=kill
  old-yours-sent=kill old-running=kill new-started=kill new-opened=kill new-warm=kill new-state-received=kill new-imported=kill
  new-prepared=kill new-yours-received=kill new-begun=kill new-running=kill new-imported=hang new-yours-received=hang new-imported=exit"

crash() {
  local step began first now who tap ping
  ip netns exec "$right" python3 -B "$root/interop-tests/lab/wire-counters.py" eth0 10.66.0.1 > "$work/wire" 2>&1 &
  tap=$!
  await 10 grep -q ready "$work/wire"
  for step in "$@"; do
    # What happens is the same without a rehearsal, which saves most of the time.
    start_left WGJVM_UPGRADE_FAULT="$step" WGJVM_UDP_GSO=off WGJVM_AEAD=scalar WGJVM_REHEARSAL=off
    await 30 answered || { fail "$step: no tunnel to begin with"; continue; }
    first=$(owner)
    ip netns exec "$left" ping -n -q -i 0.01 10.67.0.2 > "$work/ping" 2>&1 &
    ping=$!
    timeout 120 ip netns exec "$left" "$left_daemon" upgrade "$left" > "$work/upgrade" 2>&1 || true
    began=$SECONDS
    if [[ $step == old-* ]]; then
      # The successor, if there is one, needs a moment to see that it is alone.
      await 10 test ! -e "/proc/$first" || fail "$step: the old process lives"
    fi
    sleep 0.5
    now=$(owner)
    who=new
    [ -n "$now" ] || who=restart
    [ "$now" != "$first" ] || who=old
    [ $who = "$(expected "$step")" ] || fail "$step: $who goes on, and not $(expected "$step")"
    if [ $who = restart ]; then
      kill "$ping" 2> /dev/null || true
      start_left WGJVM_UDP_GSO=off WGJVM_AEAD=scalar
    fi
    await $recovery_s answered || fail "$step: the tunnel does not recover"
    printf '%-24s %-8s answers after %2d s   %s\n' "$step" "$who" "$((SECONDS - began))" "$(tail -n 1 "$work/upgrade" | cut -c 1-110)"
    kill "$ping" 2> /dev/null || true
    wait "$ping" 2> /dev/null || true
    kill_inside "$left"
    await 20 left_is_gone || fail "$step: something of it is left"
  done
  kill -TERM "$tap"
  wait "$tap" || fail "on the wire"
  echo "on the wire: $(tail -n 1 "$work/wire")"
}

set_up
case "${1:-run}" in
  run) run "${2:-50}" ;;
  crash)
    shift
    # shellcheck disable=SC2086 # words
    [ $# -gt 0 ] || set -- $all_steps
    crash "$@"
    ;;
  *) echo "run or crash: see --help" >&2; exit 1 ;;
esac
if [ $failures -gt 0 ]; then
  cp "$work"/*.log /tmp/ 2> /dev/null || true
  echo "$failures failures; the logs of the daemons are /tmp/left.log and /tmp/right.log" >&2
  exit 1
fi
