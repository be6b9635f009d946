#!/bin/bash
# neutron/lab/real-neutron.sh - our driver in a real Neutron server, from Debian's packages, driven by the real openstack command, in front of
# bin/wg-hub and a wireguard-go device behind a NAT. Root, Debian 12. Nothing is installed: packages are unpacked into the cache of the
# interop tests (about 190 MB), and everything else is in a temporary directory and in network namespaces that go again.
#
# Exit code 0 when every step was as it should be; each says what it shows.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cache=${WGJVM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/wg-jvm}
packages=$cache/neutron
python=/usr/bin/python3
go=$cache/wireguard-go-stable/wireguard-go
[ "$(id -u)" = 0 ] || { echo "root is needed, for network namespaces" >&2; exit 1; }
[ -x "$go" ] || "$root/interop-tests/lab/get-peers.sh" wireguard-go

if [ ! -e "$packages/complete" ]; then
  echo "== unpacking Neutron and the openstack command"
  mkdir -p "$packages/archives/partial"
  apt-get -q -y --no-install-recommends --download-only -o Dir::Cache::archives="$packages/archives" -o APT::Sandbox::User=root \
    -o Dir::State::Status=/dev/null install neutron-server python3-openstackclient > "$packages/download.log" 2>&1 \
    || apt-get -q -y --no-install-recommends --download-only -o Dir::Cache::archives="$packages/archives" -o APT::Sandbox::User=root \
      install neutron-server python3-openstackclient >> "$packages/download.log" 2>&1
  for deb in "$packages"/archives/*.deb; do dpkg -x "$deb" "$packages/root"; done
  rm -rf "$packages/archives"
  touch "$packages/complete"
fi

work=$(mktemp -d /tmp/wghub-neutron.XXXXXX)
name=wn$$
node=$name-n nat=$name-t device=$name-d second_device=$name-e
project=fake_project_id # that of Neutron without authentication
port=$((20000 + $$ % 20000))
hub='' router=''
cleanup() {
  local status=$?
  set +e
  for file in "$work"/*.pid; do [ -e "$file" ] && kill "$(cat "$file")" 2> /dev/null; done
  sleep 1
  for file in "$work"/*.pid; do [ -e "$file" ] && kill -9 "$(cat "$file")" 2> /dev/null; done
  for ns in "$node" "$nat" "$device" "$second_device" "tun-$project" ${router:+"qrouter-$router"}; do ip netns delete "$ns" 2> /dev/null; done
  if [ "$status" != 0 ]; then
    echo "== FAILED; the end of the logs:" >&2
    tail -n 25 "$work"/neutron.log "$work"/agent.log >&2
  fi
  rm -rf "$work"
  exit "$status"
}
trap cleanup EXIT
say() { echo "== $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
await() { # await SECONDS COMMAND...
  local left=$(($1 * 5))
  shift
  until "$@" > /dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "not in time: $*"
    sleep 0.2
  done
}

export PYTHONPATH=$work/site:$packages/root/usr/lib/python3/dist-packages
mkdir -p "$work/site/wghub_neutron-0.1.0.dist-info" "$work/neutron"
ln -s "$root/neutron/wghub_neutron" "$work/site/wghub_neutron"
printf 'Metadata-Version: 2.1\nName: wghub-neutron\nVersion: 0.1.0\n' > "$work/site/wghub_neutron-0.1.0.dist-info/METADATA"
printf '%s\n' '[neutron.ml2.mechanism_drivers]' 'wghub = wghub_neutron.mech_driver:WghubMechanismDriver' \
  '[neutron.ml2.extension_drivers]' 'wghub = wghub_neutron.extension_driver:WghubExtensionDriver' \
  > "$work/site/wghub_neutron-0.1.0.dist-info/entry_points.txt"
cat > "$work/neutron.conf" << EOF
[DEFAULT]
auth_strategy = noauth
core_plugin = ml2
service_plugins = router
api_workers = 0
rpc_workers = 0
transport_url = fake://
bind_host = 127.0.0.1
bind_port = $port
state_path = $work/neutron
api_paste_config = $packages/root/usr/share/neutron-common/api-paste.ini
debug = false
[database]
connection = sqlite:///$work/neutron.sqlite
[oslo_concurrency]
lock_path = $work/neutron
[oslo_policy]
policy_dirs = $root/neutron/etc/policy.d
[ml2]
type_drivers = local
tenant_network_types = local
mechanism_drivers = wghub
extension_drivers = wghub
[wghub]
agents = net1:unix:$work/agent.sock
sweep_seconds = 3
EOF

say "the policy file, by oslo.policy's own tool: every name in it is one of Neutron's"
printf '[oslo_policy]\npolicy_file = %s\npolicy_dirs = %s\n' "$root/neutron/etc/policy.d/wghub.yaml" "$work/none" > "$work/policy.conf"
validate() { $python "$packages/root/usr/bin/oslopolicy-validator" --config-file "$work/policy.conf" --namespace neutron > "$work/policy.log" 2>&1; }
validate || { cat "$work/policy.log" >&2; fail "oslopolicy-validator"; }
sed 's/create_port:binding:host_id/create_port:binding:host/' "$root/neutron/etc/policy.d/wghub.yaml" > "$work/wrong.yaml"
sed -i "s:^policy_file.*:policy_file = $work/wrong.yaml:" "$work/policy.conf"
if validate; then fail "oslopolicy-validator has nothing to say against a wrong name"; fi
grep -q 'create_port:binding:host' "$work/policy.log" || fail "oslopolicy-validator fails for another reason: $(cat "$work/policy.log")"
$python "$root/neutron/lab/policy.py" "$root/neutron/etc/policy.d/wghub.yaml" || fail "the policy file allows something else than it should"

say "namespaces: a node, a NAT, a device behind it, and another device"
for ns in "$node" "$nat" "$device" "$second_device"; do ip netns add "$ns"; ip -n "$ns" link set lo up; done
ip -n "$node" link add eth0 type veth peer name wan netns "$nat"
ip -n "$nat" link add lan type veth peer name eth0 netns "$device"
ip -n "$node" addr add 10.66.0.1/24 dev eth0; ip -n "$node" link set eth0 up
ip -n "$nat" addr add 10.66.0.2/24 dev wan; ip -n "$nat" link set wan up
ip -n "$nat" addr add 192.168.7.1/24 dev lan; ip -n "$nat" link set lan up
ip -n "$device" addr add 192.168.7.2/24 dev eth0; ip -n "$device" link set eth0 up
ip -n "$device" route add default via 192.168.7.1
ip -n "$node" link add eth1 type veth peer name eth0 netns "$second_device"
ip -n "$node" addr add 10.66.1.1/24 dev eth1; ip -n "$node" link set eth1 up
ip -n "$second_device" addr add 10.66.1.2/24 dev eth0; ip -n "$second_device" link set eth0 up
ip -n "$second_device" route add default via 10.66.1.1
ip netns exec "$nat" sysctl -qw net.ipv4.ip_forward=1
ip netns exec "$nat" nft 'table ip nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade; }; }'

start_agent() {
  nsenter --net="/run/netns/$node" "$root/bin/wg-hub" agent --state "$work/state" --socket "$work/agent.sock" --host net1 \
    --public-address 10.66.0.1 --resync 2 >> "$work/agent.log" 2>&1 &
  echo $! > "$work/agent.pid"
  await 60 curl -sf --unix-socket "$work/agent.sock" http://agent/v1/ports
}
say "the agent"
start_agent
say "Neutron"
$python - "sqlite:///$work/neutron.sqlite" << 'EOF'
import sys
import sqlalchemy
from neutron.db.migration.models import head
engine = sqlalchemy.create_engine(sys.argv[1])
head.get_metadata().create_all(engine)
with engine.connect() as connection:
    connection.execute(sqlalchemy.text("PRAGMA journal_mode=WAL"))
EOF
$python -c 'import sys; from neutron.cmd.eventlet.server import main; sys.argv[0] = "neutron-server"; sys.exit(main())' \
  --config-file "$work/neutron.conf" > "$work/neutron.log" 2>&1 &
echo $! > "$work/neutron.pid"
await 120 curl -sf "http://127.0.0.1:$port/v2.0/networks"

openstack() { $python -c 'import sys; from openstackclient.shell import main; sys.exit(main(sys.argv[1:]))' \
  --os-auth-type none --os-endpoint "http://127.0.0.1:$port" "$@"; }
api() { # api METHOD PATH [BODY]
  curl -sS -X "$1" "http://127.0.0.1:$port/v2.0/$2" -H 'Content-Type: application/json' ${3:+-d "$3"}
}
field() { $python -c 'import json,sys; p=json.load(sys.stdin)["port"]
for key in sys.argv[1].split("/"): p = p[int(key)] if isinstance(p, list) else p[key]
print(p)' "$1"; }
is() { # is PORT FIELD VALUE
  [ "$(api GET "ports/$1" | field "$2")" = "$3" ]
}

say "network, subnet, router"
network=$(openstack network create field -f value -c id)
openstack subnet create --network "$network" --subnet-range 10.50.0.0/24 --gateway none s1 > /dev/null
router=$(openstack router create r1 -f value -c id)
ip netns add "qrouter-$router"; ip -n "qrouter-$router" link set lo up # as the L3 agent would

say "a spoke without a key and a hub without a host are invalid input, and name the field"
api POST ports "{\"port\":{\"network_id\":\"$network\",\"device_owner\":\"channel:wireguard:spoke\"}}" | grep -q 'public_key' || fail "no name"
api POST ports "{\"port\":{\"network_id\":\"$network\",\"device_owner\":\"channel:wireguard:hub\"}}" | grep -q 'host_id' || fail "no name"

say "a hub, by the openstack command"
hub=$(openstack port create --network "$network" --device-owner channel:wireguard:hub --host net1 \
  --fixed-ip ip-address=10.50.0.1 hub -f value -c id)
is "$hub" status ACTIVE || fail "not ACTIVE: $(api GET "ports/$hub")"
is "$hub" binding:vif_type wireguard || fail "not bound"
name_of_device=$(api GET "ports/$hub" | field binding:vif_details/device_name)
ip -n "tun-$project" link show "$name_of_device" > /dev/null || fail "vif_details names another device"

say "a spoke: unbound, and its vif_details have the hub"
umask 077
wg genkey > "$work/key"
public=$(wg pubkey < "$work/key")
spoke=$(openstack port create --network "$network" --device-owner channel:wireguard:spoke \
  --binding-profile public_key="$public" --fixed-ip ip-address=10.50.0.10 spoke -f value -c id)
hub_key=$(api GET "ports/$spoke" | field binding:vif_details/peers/0/public_key)
[ "$hub_key" = "$(api GET "ports/$hub" | field binding:vif_details/public_key)" ] || fail "the spoke has another key of the hub"

say "router attach: up, with address; the device behind the NAT pings it"
openstack router add port r1 hub
await 30 sh -c "ip -n qrouter-$router -br addr show dev $name_of_device | grep -q 10.50.0.1/24"
is "$hub" device_owner network:router_interface || fail "Neutron did not overwrite the owner"
ip netns exec "qrouter-$router" sysctl -qw net.ipv4.ip_forward=1 # as the L3 agent does
connect() { # connect NAMESPACE INTERFACE KEYFILE ADDRESS
  ip netns exec "$1" "$go" -f "$2" > "$work/$2.log" 2>&1 &
  echo $! > "$work/$2.pid"
  await 30 ip netns exec "$1" wg show "$2"
  ip netns exec "$1" wg set "$2" private-key "$3" peer "$hub_key" endpoint 10.66.0.1:51820 allowed-ips 10.50.0.0/24 persistent-keepalive 1
  ip -n "$1" addr add "$4/24" dev "$2"
  ip -n "$1" link set "$2" up
  await 60 ip netns exec "$1" ping -c 1 -W 1 10.50.0.1
}
connect "$device" "w$name" "$work/key" 10.50.0.10

say "a second spoke, which the first one pings through the hub"
wg genkey > "$work/key2"
spoke2=$(openstack port create --network "$network" --device-owner channel:wireguard:spoke \
  --binding-profile public_key="$(wg pubkey < "$work/key2")" --fixed-ip ip-address=10.50.0.11 spoke2 -f value -c id)
connect "$second_device" "v$name" "$work/key2" 10.50.0.11
await 60 ip netns exec "$device" ping -c 1 -W 1 10.50.0.11

say "changed addresses and admin state of a spoke reach the hub without a new binding"
openstack port set --no-fixed-ip --fixed-ip ip-address=10.50.0.20 spoke
ip -n "$device" addr flush dev "w$name"
ip -n "$device" addr add 10.50.0.20/24 dev "w$name"
await 60 ip netns exec "$device" ping -c 1 -W 1 10.50.0.1
openstack port set --disable spoke
if ip netns exec "$device" ping -c 1 -W 1 10.50.0.1 > /dev/null; then fail "a disabled spoke is answered"; fi
openstack port set --enable spoke
await 60 ip netns exec "$device" ping -c 1 -W 1 10.50.0.1

say "the agent away for a minute: its ports are DOWN; what is asked for meanwhile is made when it is back; its keys are the same"
kill -9 "$(cat "$work/agent.pid")"
pkill -9 -P "$(cat "$work/agent.pid")" 2> /dev/null || true
gone=$SECONDS
await 60 is "$hub" status DOWN
second=$(openstack port create --network "$network" --device-owner channel:wireguard:hub --host net1 late -f value -c id)
is "$second" binding:vif_type binding_failed || fail "bound by nobody: $(api GET "ports/$second")"
[ $((SECONDS - gone)) -ge 60 ] || sleep $((60 - SECONDS + gone))
start_agent
await 60 is "$hub" status ACTIVE
await 60 is "$second" binding:vif_type wireguard
await 60 ip netns exec "$device" ping -c 1 -W 1 10.50.0.1
is "$hub" binding:vif_details/public_key "$hub_key" || fail "another key pair"

say "router detach: Neutron deletes the port, and nothing of it is left"
openstack router remove port r1 hub
await 30 sh -c "! ip -n qrouter-$router link show dev $name_of_device"
openstack port delete "$second" "$spoke" "$spoke2"
await 30 sh -c "! ip netns list | grep -q tun-$project"
[ "$(curl -s --unix-socket "$work/agent.sock" http://agent/v1/ports)" = '{"ports":[]}' ] || fail "the agent has ports"
say "PASSED"
