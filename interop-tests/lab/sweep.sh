#!/bin/bash
# sweep.sh - removes what interop test runs that no longer live have left behind (a run that was killed cannot clean up after itself).
# Everything such a run makes carries the process id of its JVM in its name: wiPIDxNUMBER, both in base 36.
set -u
export PATH=$PATH:/usr/sbin:/sbin

orphan() { # orphan NAME: is it a name of ours, and its run over?
  local name=$1 pid
  [[ $name =~ ^wi([0-9a-z]+)x[0-9a-z]+$ ]] || return 1
  pid=$((36#${BASH_REMATCH[1]}))
  ! kill -0 "$pid" 2> /dev/null
}

for file in /run/netns/wi*; do
  name=${file##*/}
  if orphan "$name"; then
    for pid in $(ip netns pids "$name"); do kill -9 "$pid" 2> /dev/null; done
    ip netns delete "$name" && echo "removed the left-over namespace $name"
  fi
done
for file in /run/netns/tun-wi*; do
  name=${file##*/}
  if orphan "${name#tun-}"; then
    ip netns delete "$name" && echo "removed the left-over namespace $name"
  fi
done
for file in /run/wireguard/wi*.sock /run/wireguard/wi*.wgjvm; do
  name=${file##*/}
  if orphan "${name%.*}"; then
    rm -f "$file" && echo "removed the left-over socket $name"
  fi
done
exit 0
