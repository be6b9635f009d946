#!/bin/bash
# flood.sh [OPTION ...] - what a flood of handshakes costs an established tunnel of ours. bin/faults flood runs it. Needs root and two processors.
#
#   --rounds N     so many rounds of both sides, alternating (5 unless told)
#   --seconds N    so long a measurement (8)
#   --rate N       initiations a second (120000)
#   --sources N    addresses they come from (4096)
#   --quick        2 rounds of 3 s: whether it works, not how well
#
# The daemon has processor 0; its peer, the program that measures (iperf3, TCP) and the flood have processor 1. Every message of the flood is
# right up to its first MAC, so that it must be answered or costs four multiplications. Two sides, in turn, under the same load from outside:
#   beside a process   the flood goes to another port of the host, to a program that only reads it, round and round, and so keeps processor 0 busy
#   under the flood    the flood goes to the daemon, and there is no such program
# Both ways through the tunnel. Prints each round, then medians and their ratio. Exit code 1 when a ratio is under 90 %, when the flood alone
# does not keep processor 0 busy (95 % of the time), when the daemon's memory (RSS) grew by more than 48 MiB, or when the tunnel did not live
# through it.
set -u
export PATH=$PATH:/usr/sbin:/sbin
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
rounds=5 seconds=8 rate=120000 sources=4096
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --rounds) rounds=${2:?}; shift 2 ;;
    --seconds) seconds=${2:?}; shift 2 ;;
    --rate) rate=${2:?}; shift 2 ;;
    --sources) sources=${2:?}; shift 2 ;;
    --quick) rounds=2 seconds=3; shift ;;
    *) echo "flood: no such option: $1 (try --help)" >&2; exit 2 ;;
  esac
done
[ "$(id -u)" = 0 ] || { echo "flood: not root" >&2; exit 1; }
[ "$(nproc)" -ge 2 ] || { echo "flood: needs two processors" >&2; exit 1; }
for program in wg iperf3 nc taskset python3; do
  command -v "$program" > /dev/null || { echo "flood: the program $program is missing" >&2; exit 1; }
done
jdk=$("$root/bin/find-jdk") || exit 1
classes=$root/interop-tests/target/test-classes:$root/wg-crypto/target/classes
if [ ! -e "$root/interop-tests/target/test-classes/org/wgjvm/interop/InitiationFlood.class" ]; then
  echo "== flood: building"
  JAVA_HOME=$jdk mvn -q -B -f "$root/pom.xml" -pl interop-tests -am -DskipTests package || exit 1
fi
"$root/bin/wg-jvm" version > /dev/null || exit 1

id=$(printf '%x' $$)
left=wif${id}a right=wif${id}b
work=$(mktemp -d)
clean_up() {
  trap - EXIT
  local pid
  for pid in $(ip netns pids "$left" 2> /dev/null) $(ip netns pids "$right" 2> /dev/null); do kill -9 "$pid" 2> /dev/null || true; done
  [ -z "${loop:-}" ] || kill "$loop" 2> /dev/null
  ip netns delete "$left" 2> /dev/null || true
  ip netns delete "$right" 2> /dev/null || true
  rm -rf "$work" "/run/wireguard/$left".* "/run/wireguard/$right".*
}
trap clean_up EXIT
trap 'exit 130' INT TERM
in_left() { ip netns exec "$left" "$@"; }
in_right() { ip netns exec "$right" "$@"; }
# Words before a command that is to run in the background: a function there would put a shell between it and its process id.
left0=(taskset -c 0 ip netns exec "$left") left1=(taskset -c 1 ip netns exec "$left") right1=(taskset -c 1 ip netns exec "$right")

ip netns add "$left" && ip netns add "$right" || exit 1
in_left sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
in_left ip link add eth0 mtu 1500 type veth peer name eth0 mtu 1500 netns "$right"
in_left bash -c 'ip addr add 10.66.0.1/24 dev eth0; ip link set eth0 up; ip link set lo up; ip route add 10.70.0.0/16 via 10.66.0.2'
# Every address of 10.70.0.0/16 is the right host's: the flood may come from any of them.
in_right bash -c 'ip addr add 10.66.0.2/24 dev eth0; ip link set eth0 up; ip link set lo up; ip route add local 10.70.0.0/16 dev lo'

umask 077
for side in left right; do wg genkey | tee "$work/$side.key" | wg pubkey > "$work/$side.pub"; done
WG_PROCESS_FOREGROUND=1 LOG_LEVEL=error "${left0[@]}" "$root/bin/wg-jvm" "$left" > "$work/left.log" 2>&1 &
daemon=$!
WG_PROCESS_FOREGROUND=1 LOG_LEVEL=error "${right1[@]}" "$root/bin/wg-jvm" "$right" > "$work/right.log" 2>&1 &
for name in "$left" "$right"; do
  for _ in $(seq 300); do
    # Not wg: it deletes a socket that does not listen yet.
    if nc -zU "/run/wireguard/$name.sock" 2> /dev/null; then break; fi
    sleep 0.1
  done
  wg show "$name" > /dev/null || { cat "$work"/*.log; exit 1; }
done
wg set "$left" private-key "$work/left.key" listen-port 51820 peer "$(cat "$work/right.pub")" allowed-ips 10.67.0.2/32
wg set "$right" private-key "$work/right.key" listen-port 51821 peer "$(cat "$work/left.pub")" allowed-ips 10.67.0.1/32 endpoint 10.66.0.1:51820
in_left bash -c "ip addr add 10.67.0.1/24 dev $left; ip link set $left mtu 1420 up"
in_right bash -c "ip addr add 10.67.0.2/24 dev $right; ip link set $right mtu 1420 up"
in_right ping -n -q -c 1 -W 10 10.67.0.1 > /dev/null || { echo "flood: no tunnel" >&2; cat "$work"/*.log; exit 1; }
"${left1[@]}" iperf3 -s > /dev/null & disown
# The process beside which the tunnel is compared: its socket has as much room as the daemon's, so that the flood costs its sender as much.
reader='import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 33, 7 << 20)  # SO_RCVBUFFORCE
s.bind(("10.66.0.1", 51999))
s.setblocking(False)
datagram = bytearray(2048)
while True:
    try:
        s.recv_into(datagram)
    except BlockingIOError:
        pass
'

processor0() { awk '/^cpu0 / { print $2 + $3 + $4 + $7 + $8 + $9, $5 + $6 }' /proc/stat; } # ticks: busy and idle
cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$daemon/stat"; }
# Datagrams for which a socket of the left host had no room: in the flood, mostly those of the flood itself.
no_room() { ip netns exec "$left" awk '/^Udp:/ && n++ { print $6 }' /proc/net/snmp; }
rss_kib() { awk '/^VmRSS/ { print $2 }' "/proc/$daemon/status"; }

flood() { # flood PORT: until it is killed. It comes before those who share its processor, for it stands for others out there.
  nice -n -10 "${right1[@]}" "$jdk/bin/java" -XX:TieredStopAtLevel=1 -Xmx96m -XX:+UseSerialGC -cp "$classes" org.wgjvm.interop.InitiationFlood \
    10.66.0.1 "$1" "$(cat "$work/left.pub")" $((rate * (seconds * 2 + 60))) "$rate" "10.70.0.1/$sources" > "$work/flood.log" 2>&1 &
  flood=$!
}

sent() { tail -n 1 "$work/flood.log" | awk '{ print $1 + 0 }'; } # initiations so far

# measure [-R]: traffic through the tunnel. Sets mbits, as the receiver has it; share, the daemon's part of its processor in %; dropped, what a
# socket had no room for; flooding, initiations a second.
measure() {
  local before after full count
  before=$(cpu_ticks) full=$(no_room) count=$(sent)
  "${right1[@]}" iperf3 -J -c 10.67.0.1 -t "$seconds" "$@" > "$work/iperf.json" 2>&1
  after=$(cpu_ticks)
  flooding=$((($(sent) - count) / seconds))
  mbits=$(python3 -c 'import json, sys
d = json.load(open(sys.argv[1])); print(round(d["end"]["sum_received"]["bits_per_second"] / 1e6, 1))' "$work/iperf.json" 2> /dev/null || echo 0)
  dropped=$(($(no_room) - full))
  share=$(((after - before) * 100 / ($(getconf CLK_TCK) * seconds)))
}

side() { # side NAME [-R]
  local name=$1
  shift
  if [ "$name" = flood ]; then
    flood 51820
  else
    flood 51999
    "${left0[@]}" python3 -c "$reader" > "$work/reader.log" 2>&1 &
    loop=$!
  fi
  # The program that floods has to start, and its first second is slow.
  sleep 3
  measure "$@"
  kill "$flood" 2> /dev/null || { echo "flood: the flood ended by itself:" >&2; cat "$work/flood.log" >&2; exit 1; }
  wait "$flood" 2> /dev/null
  if [ -n "${loop:-}" ]; then
    kill "$loop" 2> /dev/null || { echo "flood: what was to keep the processor busy ended by itself:" >&2; cat "$work/reader.log" >&2; exit 1; }
    wait "$loop" 2> /dev/null
    loop=''
  fi
  [ "$name" = busy ] || sleep 2
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

echo "== flood: $rate initiations a second from $sources addresses; $rounds rounds, $seconds s a measurement"
echo "   (warming up: 10 s of traffic each way, and a flood)"
for way in '' -R; do
  flood 51820
  "${right1[@]}" iperf3 -c 10.67.0.1 -t 10 $way > /dev/null 2>&1
  read -r busy idle <<< "$(processor0)"
  sleep 2
  read -r busy2 idle2 <<< "$(processor0)"
  alone=$((100 * (busy2 - busy) / (busy2 - busy + idle2 - idle)))
  kill "$flood" || { cat "$work/flood.log" >&2; exit 1; }
  wait "$flood" 2> /dev/null
done
sleep 2
before=$(rss_kib) most=0 status=0
verdict=good
[ "$alone" -ge 95 ] || { verdict='TOO LITTLE (see --rate)'; status=1; }
echo "== the flood alone: processor 0 is busy for $alone % of the time, $verdict"
for round in $(seq "$rounds"); do
  for way in in out; do
    option=()
    [ "$way" = in ] || option=(-R)
    for name in busy flood; do
      side "$name" "${option[@]}"
      echo "$mbits" >> "$work/$way-$name"
      rss=$(rss_kib)
      [ "${rss:-0}" -le "$most" ] || most=$rss
      label='beside a process'
      [ "$name" = busy ] || label='under the flood'
      printf '  round %d, %-3s  %-16s %7s Mbit/s, the daemon has %3d %% of its processor, RSS %d MiB; %d initiations a second, no room for %d\n' \
        "$round" "$way" "$label" "$mbits" "$share" $((rss / 1024)) "$flooding" "$dropped"
    done
  done
done
for way in in out; do
  busy=$(median < "$work/$way-busy") flooded=$(median < "$work/$way-flood")
  ratio=$(awk -v a="$flooded" -v b="$busy" 'BEGIN { printf "%.0f", (b > 0 ? 100 * a / b : 0) }')
  verdict=good
  [ "$ratio" -ge 90 ] || { verdict='TOO LITTLE'; status=1; }
  printf '== %-3s  beside a process %s Mbit/s, under the flood %s Mbit/s (medians): %d %%, %s\n' "$way" "$busy" "$flooded" "$ratio" "$verdict"
done
grown=$(((most - before) / 1024))
verdict=good
[ "$grown" -le 48 ] || { verdict='TOO MUCH'; status=1; }
echo "== memory: RSS $((before / 1024)) MiB before, at most $((most / 1024)) MiB in the flood, $verdict"
kill -0 "$daemon" 2> /dev/null || { echo "== the daemon ended"; cat "$work/left.log"; status=1; }
in_right ping -n -q -c 3 -i 0.2 -W 5 10.67.0.1 > /dev/null || { echo "== the tunnel is dead"; status=1; }
if [ "$status" = 0 ]; then echo "== PASSED"; else echo "== FAILED"; fi
exit "$status"
