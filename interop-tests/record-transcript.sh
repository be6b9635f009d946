#!/bin/bash
# record-transcript.sh [FILE] - shakes hands, in either role, with the WireGuard module of a Linux kernel in an emulated machine, pings through
# both sessions, and writes keys, messages and packets to FILE: the one that wg-core's KernelTranscriptTest replays, unless told otherwise.
# Needs root and what lab/get-peers.sh brings.
set -eu
case "${1:-}" in -h | --help)
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"
  exit 0
  ;;
esac
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
file=$(readlink -f "${1:-$root/wg-core/src/test/resources/org/wgjvm/core/noise/kernel-transcript.txt}")
cd "$root"
JAVA_HOME=$(bin/find-jdk)
export JAVA_HOME PATH="$PATH:/usr/sbin:/sbin"
mvn -q -B -pl interop-tests -am process-test-classes dependency:build-classpath -Dmdep.outputFile=target/test-classpath -Dmdep.includeScope=test
cd interop-tests
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "target/test-classes:target/classes:$(cat target/test-classpath)" \
  -Dwgjvm.root="$root" org.wgjvm.interop.KernelTranscript "$file"
