import threading
import types
import unittest
from unittest import mock

from tests import standins

standins.install()

from neutron_lib import exceptions  # noqa: E402
from wghub_neutron import client  # noqa: E402
from wghub_neutron import mech_driver  # noqa: E402
from wghub_neutron import names  # noqa: E402
from tests.test_mapping import hub, spoke  # noqa: E402

DETAILS = {"device_name": "wg-aaaaaaaa-10", "public_key": "K" * 44, "endpoint": "192.0.2.7:51820", "mtu": 1420}


class FakeAgent:
    """An agent that remembers what it was asked."""

    def __init__(self):
        self.calls = []
        self.held = {}
        self.trouble = None

    def _do(self, *call):
        if self.trouble:
            raise self.trouble
        self.calls.append(call)

    def put(self, port):
        self._do("put", port["id"])
        self.held[port["id"]] = port
        return {"binding:vif_details": DETAILS, "status": "ACTIVE"}

    def delete(self, port_id):
        self._do("delete", port_id)
        self.held.pop(port_id, None)

    def attach(self, port_id, namespace, router_id):
        self._do("attach", port_id, namespace, router_id)

    def detach(self, port_id):
        self._do("detach", port_id)

    def sync(self, revision, ports):
        self._do("sync", [p["id"] for p in ports])
        self.held = {p["id"]: p for p in ports}
        return {"refused": []}

    def ports(self):
        return [{"id": i, "status": "ACTIVE"} for i in self.held]


class Context:
    def __init__(self, port, original=None):
        self.current = port
        self.original = original or port
        self.host = port["binding:host_id"]
        self.segments_to_bind = [{"id": "segment"}]
        self.set_binding = mock.Mock()


class MechDriverTest(unittest.TestCase):
    def setUp(self):
        self.driver = mech_driver.WghubMechanismDriver()
        self.agent = FakeAgent()
        self.other = FakeAgent()
        self.driver.agents = {"net1": self.agent, "net2": self.other}
        self.plugin = mock.Mock()
        self.plugin.get_subnets.return_value = [{"id": "s1", "cidr": "10.50.0.0/24"}]
        for name, value in (("directory", types.SimpleNamespace(get_plugin=lambda: self.plugin)),
                            ("db_api", mock.MagicMock()),
                            ("n_context", types.SimpleNamespace(get_admin_context=lambda: "admin"))):
            patch = mock.patch.object(mech_driver, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def test_a_hub_is_bound_with_what_its_agent_says(self):
        context = Context(hub())
        self.driver.bind_port(context)
        context.set_binding.assert_called_once_with("segment", "wireguard", DETAILS, "ACTIVE")
        self.assertEqual("10.50.0.0/24", self.agent.held[hub()["id"]]["subnets"][0]["cidr"])
        self.assertEqual([], self.other.calls)

    def test_other_ports_are_left_to_other_drivers(self):
        for port in (hub(device_owner="compute:nova"), hub(device_owner="network:router_interface")):
            context = Context(port)
            self.driver.create_port_precommit(context)
            self.driver.bind_port(context)
            self.driver.update_port_postcommit(context)
            self.driver.delete_port_postcommit(context)
            context.set_binding.assert_not_called()
        self.assertEqual([], self.agent.calls)

    def test_a_spoke_without_a_key_and_a_hub_without_a_host_are_invalid_input(self):
        for port in (spoke(**{"binding:profile": {}}), hub(**{"binding:host_id": ""})):
            with self.assertRaises(exceptions.InvalidInput):
                self.driver.create_port_precommit(Context(port))
            with self.assertRaises(exceptions.InvalidInput):
                self.driver.update_port_precommit(Context(port))

    def test_an_unreachable_agent_fails_the_binding_and_the_sweep_comes_back_to_it(self):
        self.agent.trouble = client.Unreachable("away")
        context = Context(hub())
        self.driver.bind_port(context)
        context.set_binding.assert_not_called()
        self.agent.trouble = None
        self.plugin.get_ports.return_value = [hub(**{"binding:vif_type": "binding_failed", "status": "DOWN"})]
        self.driver.sweep()
        self.plugin.update_port.assert_called_once_with("admin", hub()["id"], {"port": {"binding:host_id": "net1"}})

    def test_a_refusal_or_an_unknown_host_fails_the_binding(self):
        self.agent.trouble = client.Refused(409, "", "no UDP port is free")
        for port in (hub(), hub(**{"binding:host_id": "net9"})):
            context = Context(port)
            self.driver.bind_port(context)
            context.set_binding.assert_not_called()

    def test_changed_addresses_and_admin_state_are_told_without_a_new_binding(self):
        port = hub(admin_state_up=False, **{"binding:vif_type": "wireguard"})
        self.driver.update_port_postcommit(Context(port))
        self.assertFalse(self.agent.held[port["id"]]["admin_state_up"])

    def test_a_hub_that_moves_to_another_host_leaves_the_first(self):
        before = hub(**{"binding:vif_type": "wireguard"})
        after = hub(**{"binding:vif_type": "wireguard", "binding:host_id": "net2"})
        self.driver.update_port_postcommit(Context(after, before))
        self.assertEqual([("delete", before["id"])], self.agent.calls)
        self.assertIn(before["id"], self.other.held)

    def test_spokes_are_told_to_every_agent_and_taken_from_every_agent(self):
        self.driver.create_port_postcommit(Context(spoke()))
        self.assertIn(spoke()["id"], self.agent.held)
        self.assertIn(spoke()["id"], self.other.held)
        self.agent.trouble = client.Unreachable("away")
        self.driver.delete_port_postcommit(Context(spoke()))
        self.assertEqual({}, self.other.held)

    def test_a_router_takes_the_hub_and_what_neutron_deletes_with_the_interface_goes(self):
        port = hub(device_owner="network:router_interface", device_id="r1", **{"binding:vif_type": "wireguard"})
        payload = types.SimpleNamespace(metadata={"port": port}, resource_id="r1")
        self.driver.router_interface_added("router_interface", "after_create", None, payload)
        self.assertEqual([("attach", port["id"], "qrouter-r1", "r1")], self.agent.calls)
        self.driver.delete_port_postcommit(Context(port))
        self.agent.trouble = client.Refused(404, "", "there is no port")
        self.driver.router_interface_removed("router_interface", "after_delete", None, payload)
        self.assertEqual(("delete", port["id"]), self.agent.calls[-1])

    def test_the_sweep_sends_each_agent_its_hubs_and_all_spokes_and_reports_down_what_does_not_answer(self):
        here = hub(status="DOWN", **{"binding:vif_type": "wireguard"})
        there = hub(id="cccccccc-1000-4000-8000-000000000001", status="ACTIVE",
                    **{"binding:vif_type": "wireguard", "binding:host_id": "net2"})
        self.plugin.get_ports.return_value = [here, there, spoke(), hub(device_owner="compute:nova")]
        self.other.trouble = client.Unreachable("away")
        self.driver.sweep()
        self.assertEqual([("sync", [here["id"], spoke()["id"]])], self.agent.calls)
        self.plugin.update_port_status.assert_has_calls(
            [mock.call("admin", here["id"], "ACTIVE"), mock.call("admin", there["id"], "DOWN")])
        self.plugin.update_port.assert_not_called()

    def test_one_process_sweeps_again_and_again_whatever_happens(self):
        swept = threading.Semaphore(0)

        def sweep():
            swept.release()
            raise OSError("the database is away")

        self.driver.sweep, self.driver.sweep_seconds = sweep, 0.01
        (worker,) = self.driver.get_workers()
        self.assertEqual(1, worker.worker_process_count)
        with self.assertLogs(level="ERROR"):
            worker.start()
            for _ in range(3):
                self.assertTrue(swept.acquire(timeout=30))
            worker.stop()
            worker.wait()

    def test_the_interface_name_is_that_of_the_device(self):
        context = Context(hub())
        self.driver.bind_port(context)
        self.assertEqual(names.device(hub()["id"]), context.set_binding.call_args[0][2]["device_name"])


if __name__ == "__main__":
    unittest.main()
