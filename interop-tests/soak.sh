#!/bin/bash
# soak.sh [SECONDS] [LEFT DAEMON] [RIGHT DAEMON] - continuous traffic through a tunnel across many rekeys, on a clean link; nothing may be lost.
#
# Two network namespaces, a daemon in each (the interface name is added to the command; default: ours on the left, the newest wireguard-go that
# lab/get-peers.sh brought on the right), pings both ways at 20 a second and iperf3 UDP both ways at 10 Mbit/s, for 1800 s unless told otherwise.
# Prints a line a minute, then the counts. Exit code 0 only when no ping and no datagram was lost, and when there was a new handshake every two
# minutes. Run it as root on a machine that is not busy otherwise: a receiver that does not get the processor loses datagrams too.
set -euo pipefail
case "${1:-}" in -h | --help)
  sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
  exit 0
  ;;
esac
export PATH=$PATH:/usr/sbin:/sbin
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
seconds=${1:-1800}
left_daemon=${2:-$root/bin/wg-jvm}
right_daemon=${3:-${WGJVM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/wg-jvm}/wireguard-go-newest/wireguard-go}
pings_per_second=20
# ping adds its own time to the interval.
pings=$((seconds * 18))
id=$(printf '%x' $$)
left=wis${id}a right=wis${id}b
work=$(mktemp -d)
pids=()

clean_up() {
  trap - EXIT
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  for pid in $(ip netns pids "$left" 2> /dev/null) $(ip netns pids "$right" 2> /dev/null); do kill -9 "$pid" 2> /dev/null || true; done
  ip netns delete "$left" 2> /dev/null || true
  ip netns delete "$right" 2> /dev/null || true
  rm -rf "$work" "/run/wireguard/$left.sock" "/run/wireguard/$right.sock"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

in_left() { ip netns exec "$left" "$@"; }
in_right() { ip netns exec "$right" "$@"; }

ip netns add "$left"
ip netns add "$right"
in_left ip link set lo up
in_right ip link set lo up
in_left ip link add eth0 type veth peer name eth0 netns "$right"
in_left ip addr add 10.66.0.1/24 dev eth0
in_right ip addr add 10.66.0.2/24 dev eth0
in_left ip link set eth0 up
in_right ip link set eth0 up

start() { # start NAMESPACE COMMAND: a daemon, whose interface has the name of its namespace; returns when it answers
  local tries
  # The command may have arguments of its own.
  # shellcheck disable=SC2086
  WG_PROCESS_FOREGROUND=1 LOG_LEVEL=error ip netns exec "$1" $2 "$1" > "$work/$1.log" 2>&1 &
  pids+=($!)
  for tries in $(seq 300); do
    ip netns exec "$1" wg show "$1" > /dev/null 2>&1 && return 0
    kill -0 "${pids[-1]}" 2> /dev/null || break
    sleep 0.1
  done
  echo "the daemon did not start ($tries tries): $2" >&2
  cat "$work/$1.log" >&2
  return 1
}
start "$left" "$left_daemon"
start "$right" "$right_daemon"

left_key=$(wg genkey) right_key=$(wg genkey)
left_public=$(wg pubkey <<< "$left_key") right_public=$(wg pubkey <<< "$right_key")
in_right wg set "$right" private-key <(echo "$right_key") listen-port 51821 peer "$left_public" allowed-ips 10.67.0.1/32
in_right ip addr add 10.67.0.2/24 dev "$right"
in_right ip link set "$right" mtu 1420 up
in_left wg set "$left" private-key <(echo "$left_key") listen-port 51820 peer "$right_public" allowed-ips 10.67.0.2/32 endpoint 10.66.0.2:51821
in_left ip addr add 10.67.0.1/24 dev "$left"
in_left ip link set "$left" mtu 1420 up
in_left ping -q -c 1 -W 15 10.67.0.2 > /dev/null

echo "soak: $seconds s; left: $left_daemon; right: $right_daemon"
# recorded NAME COMMAND: in the background; its exit code goes to a file, because bash forgets those of children that ended long ago.
recorded() {
  local name=$1 code=0
  shift
  "$@" > "$work/$name" 2>&1 || code=$?
  echo "$code" > "$work/$name.code"
}
interval=$(bc <<< "scale=3; 1/$pings_per_second")
recorded ping.left in_left ping -q -n -i "$interval" -c "$pings" -W 10 10.67.0.2 &
pids+=($!) ping_left=$!
recorded ping.right in_right ping -q -n -i "$interval" -c "$pings" -W 10 10.67.0.1 &
pids+=($!)
for port in 5201 5202; do in_right iperf3 -s -1 -p "$port" -D; done
sleep 1
recorded udp.there in_left iperf3 -u -b 10M -l 1300 -t "$seconds" -p 5201 -c 10.67.0.2 -J &
pids+=($!)
recorded udp.back in_left iperf3 -u -b 10M -l 1300 -t "$seconds" -p 5202 -c 10.67.0.2 -R -J &
pids+=($!) udp_back=$!

handshakes=0 last=0 began=$SECONDS
while kill -0 "$ping_left" 2> /dev/null || kill -0 "$udp_back" 2> /dev/null; do
  now=$(in_left wg show "$left" latest-handshakes | cut -f 2)
  if [ "$now" != "$last" ]; then
    handshakes=$((handshakes + 1)) last=$now
  fi
  if [ $(((SECONDS - began) % 60)) = 0 ]; then
    echo "  $((SECONDS - began)) s: $handshakes handshakes; $(in_left wg show "$left" transfer | awk '{ print "received " $2 ", sent " $3 " bytes" }')"
  fi
  sleep 1
done
failed=0
for name in ping.left ping.right udp.there udp.back; do
  until [ -f "$work/$name.code" ]; do sleep 0.5; done
  [ "$(cat "$work/$name.code")" = 0 ] || { failed=1 && echo "$name: exit code $(cat "$work/$name.code")"; }
done

report_ping() { # report_ping NAME FILE
  local sent received
  read -r sent received < <(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' "$2") || true
  echo "$1: ${sent:-0} sent, ${received:-0} answered"
  [ "${sent:-0}" -gt 0 ] && [ "$sent" = "${received:-0}" ] || failed=1
}
report_udp() { # report_udp NAME FILE
  local lost packets
  lost=$(grep -oE '"lost_packets":[[:space:]]*-?[0-9]+' "$2" | tail -n 1 | grep -oE -- '-?[0-9]+$' || echo unknown)
  packets=$(grep -oE '"packets":[[:space:]]*[0-9]+' "$2" | tail -n 1 | grep -oE '[0-9]+$' || echo unknown)
  echo "$1: $packets datagrams, $lost lost"
  [ "$lost" = 0 ] || failed=1
}
report_ping "ping, left to right" "$work/ping.left"
report_ping "ping, right to left" "$work/ping.right"
report_udp "UDP, left to right" "$work/udp.there"
report_udp "UDP, right to left" "$work/udp.back"
# Where a loss happened: a queue of the kernel before a daemon (tun, eth0), a daemon's own socket, or that of iperf3.
report_drops() { # report_drops NAMESPACE
  local device
  for device in "$1" eth0; do
    echo "$1, $device: $(ip netns exec "$1" cat "/sys/class/net/$device/statistics/tx_dropped") dropped on the way out," \
      "$(ip netns exec "$1" cat "/sys/class/net/$device/statistics/rx_dropped") on the way in"
  done
  echo "$1, UDP sockets: $(ip netns exec "$1" awk '/^Udp:/ { if (n++) print $6 " full receive buffers, " $7 " full send buffers" }' /proc/net/snmp)"
}
report_drops "$left"
report_drops "$right"
needed=$((seconds / 125))
echo "new handshakes: $((handshakes - 1)), needed: $needed"
[ $((handshakes - 1)) -ge "$needed" ] || failed=1
if [ "$failed" = 0 ]; then echo "soak: PASSED"; else echo "soak: FAILED"; fi
exit "$failed"
