#!/bin/bash
# kernel-peer.sh run NETNS TAP DIRECTORY - a Linux kernel with its own WireGuard module, in an emulated machine, as a peer for the interop tests.
#
# Runs in the foreground (end it with SIGTERM) on the tap device TAP, which exists in the network namespace NETNS. The guest answers on
# 10.66.0.2/24 and fd66::2/64 with an MTU of 9000. DIRECTORY gets console.log; the line GUEST-READY in it means that commands are taken:
# every TCP connection to 10.66.0.2:2323 is a root shell (the link is private to the namespace).
#
# Emulated (no hardware acceleration is asked of the machine): right for behaviour, worthless for speed. Kernel and modules come from get-peers.sh.
# Without the self-tests of the kernel's ciphers, which take long here and have been seen to panic in the emulator. CPU model: one without RDRAND would make the guest wait for randomness, and "max" is several times slower than this one.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
cache=${WGJVM_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/wg-jvm}
kernel=$cache/kernel

guest_init() { # the guest's first process
  cat << 'INIT'
#!/bin/bash
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
modprobe -a virtio_pci virtio_net wireguard
ip link set lo up
ip link set eth0 mtu 9000 up
ip addr add 10.66.0.2/24 dev eth0
ip addr add fd66::2/64 dev eth0 nodad
ip link add probe type wireguard && ip link del probe && echo "GUEST-READY $(uname -r)"
exec nc -ll -p 2323 -e /bin/bash
INIT
}

build_initrd() { # build_initrd FILE: busybox, bash, wg, ip, iperf3, ping, and the modules for WireGuard and the network card
  local work version tree program library module file
  work=$(mktemp -d)
  version=$(ls "$kernel/modules")
  tree=$work/tree
  mkdir -p "$tree"/{bin,sbin,proc,sys,dev,tmp,run,etc} "$tree/lib/modules/$version" "$work/lib"
  cp "$(command -v busybox)" "$tree/bin/busybox"
  for program in $("$tree/bin/busybox" --list); do [ -e "$tree/bin/$program" ] || ln -s busybox "$tree/bin/$program"; done
  for program in bash wg ip iperf3 ping; do
    rm -f "$tree/bin/$program"
    cp -L "$(command -v "$program")" "$tree/bin/$program"
    for library in $(ldd "$tree/bin/$program" | grep -o '/[^ ]*'); do
      mkdir -p "$tree$(dirname "$library")"
      [ -e "$tree$library" ] || cp -L "$library" "$tree$library"
    done
  done
  ln -s "$kernel/modules" "$work/lib/modules"
  [ -f "$kernel/modules/$version/modules.dep" ] || depmod -b "$work" "$version"
  for module in virtio_pci virtio_net wireguard; do
    modprobe -d "$work" -S "$version" --show-depends "$module" | awk '/^insmod/ { print $2 }'
  done | sort -u | while read -r file; do
    module=$tree/lib/modules/$version/${file#*"/modules/$version/"}
    mkdir -p "$(dirname "$module")"
    case $file in *.xz) xz -dc "$file" > "${module%.xz}" ;; *) cp "$file" "$module" ;; esac
  done
  cp "$kernel/modules/$version"/modules.{builtin,order} "$tree/lib/modules/$version/"
  depmod -b "$tree" "$version"
  guest_init > "$tree/init"
  chmod +x "$tree/init"
  (cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) > "$1.part"
  mv "$1.part" "$1"
  rm -rf "$work"
}

if [ "${1:-}" != run ] || [ "$#" != 4 ]; then
  sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
  exit 2
fi
netns=$2 tap=$3 directory=$4
initrd=$directory/initrd.gz
build_initrd "$initrd"
: > "$directory/console.log"
exec ip netns exec "$netns" qemu-system-x86_64 -accel tcg,thread=single -cpu Nehalem,+rdrand,-cx16 -smp 1 -m 384 -nodefaults -no-reboot -display none \
  -serial "file:$directory/console.log" -netdev "tap,id=net,ifname=$tap,script=no,downscript=no" \
  -device virtio-net-pci,netdev=net,host_mtu=9000,romfile= -kernel "$kernel/vmlinuz" -initrd "$initrd" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=1 cryptomgr.notests"
