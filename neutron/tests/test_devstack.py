"""The devstack plugin, sourced as devstack does it, with devstack's own functions as stand-ins that write down how they were called."""
import os, subprocess, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STAND_INS = r"""
set -e
say() { printf '%s' "$1" >&3; shift; printf ' [%s]' "$@" >&3; echo >&3; }
define_plugin() { say define_plugin "$@"; }
enable_service() { say enable_service "$@"; ENABLED=1; }
is_service_enabled() { [ "$1" = wg-hub ] && [ -n "${ENABLED:-}" ]; }
pip_install() { say pip_install "$@"; }
iniset() { say iniset "$@"; }
iniget() { [ "$3" != extension_drivers ] || echo "$EXTENSION_DRIVERS"; }
sudo() { say sudo "$@"; }
run_process() { say run_process "$@"; }
stop_process() { say stop_process "$@"; }
hostname() { echo net1; }
Q_PLUGIN_CONF_FILE=etc/neutron/plugins/ml2/ml2_conf.ini
HOST_IP=192.0.2.7
source devstack/settings
"""


def called(*arguments, before="", extension_drivers="port_security"):
    """What the plugin does in a phase, a line for each call."""
    script = STAND_INS + before + f"\nEXTENSION_DRIVERS={extension_drivers}\nsource devstack/plugin.sh {' '.join(arguments)}\n"
    done = subprocess.run(["bash", "-c", script + "exit 0"], cwd=ROOT, capture_output=True, text=True, preexec_fn=lambda: os.dup2(2, 3),
                          pass_fds=(3,))
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stderr.splitlines()[2:]  # without what settings say


class DevstackTest(unittest.TestCase):
    def test_the_plugin_is_where_devstack_looks_for_it_and_is_bash(self):
        for name in ("settings", "plugin.sh"):
            subprocess.run(["bash", "-n", os.path.join(ROOT, "devstack", name)], check=True)

    def test_install_installs_the_driver(self):
        self.assertEqual(called("stack", "install"), [f"pip_install [{ROOT}/neutron]"])

    def test_post_config_adds_our_drivers_to_those_that_are_there(self):
        lines = called("stack", "post-config")
        conf = "iniset [/etc/neutron/plugins/ml2/ml2_conf.ini]"
        self.assertIn(conf + " [ml2] [mechanism_drivers] [openvswitch,wghub]", lines)
        self.assertIn(conf + " [ml2] [extension_drivers] [port_security,wghub]", lines)
        self.assertIn(conf + " [wghub] [agents] [net1:unix:/run/wg-hub/agent.sock]", lines)
        self.assertIn(f"sudo [install] [-D] [-m] [0644] [{ROOT}/neutron/etc/policy.d/wghub.yaml] [/etc/neutron/policy.d/wghub.yaml]", lines)

    def test_nothing_there_is_no_empty_driver_and_ours_is_there_once(self):
        lines = "\n".join(called("stack", "post-config", before="Q_ML2_PLUGIN_MECHANISM_DRIVERS=wghub,ovn", extension_drivers=""))
        self.assertIn("[mechanism_drivers] [wghub,ovn]", lines)
        self.assertIn("[extension_drivers] [wghub]", lines)

    def test_extra_starts_the_agent_as_root_and_unstack_ends_it(self):
        command = (f"{ROOT}/bin/wg-hub agent --state /var/lib/wg-hub --socket /run/wg-hub/agent.sock --public-address 192.0.2.7")
        self.assertEqual(called("stack", "extra"), [f"run_process [wg-hub] [{command}] [root] [root]"])
        self.assertEqual(called("unstack"), ["stop_process [wg-hub]"])
        self.assertEqual(called("clean"), ["sudo [rm] [-rf] [/var/lib/wg-hub] [/etc/neutron/policy.d/wghub.yaml]"])

    def test_switched_off_it_does_nothing(self):
        for phase in (("stack", "install"), ("stack", "post-config"), ("stack", "extra"), ("unstack",)):
            self.assertEqual(called(*phase, before="ENABLED="), [])
