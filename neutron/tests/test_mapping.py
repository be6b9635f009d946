import json
import pathlib
import unittest

from wghub_neutron import mapping
from wghub_neutron import names

NETWORK = "11111111-1000-4000-8000-000000000001"
HUB = "aaaaaaaa-1000-4000-8000-000000000001"


def hub(**more):
    port = {
        "id": HUB, "name": "h", "network_id": NETWORK, "project_id": "p", "admin_state_up": True, "device_owner": names.HUB,
        "device_id": "", "binding:host_id": "net1", "binding:profile": {}, "binding:vif_type": "unbound", "mac_address": "fa:16:3e:0:0:1",
        "fixed_ips": [{"subnet_id": "s1", "ip_address": "10.50.0.1"}],
    }
    port.update(more)
    return port


def spoke(**more):
    return hub(id="bbbbbbbb-1000-4000-8000-000000000001", device_owner=names.SPOKE,
               **{"binding:host_id": "", "binding:profile": {"public_key": "K"}, **more})


class MappingTest(unittest.TestCase):
    def test_names_are_those_of_the_agent(self):
        vectors = json.loads((pathlib.Path(__file__).parent / "names.json").read_text())
        for port_id, name in vectors["devices"].items():
            self.assertEqual(name, names.device(port_id))
        for router_id, name in vectors["router_namespaces"].items():
            self.assertEqual(name, names.router_namespace(router_id))
        for owner, kind in vectors["kinds"].items():
            self.assertEqual(kind, names.kind(owner))

    def test_a_router_overwrites_the_owner_and_the_port_stays_ours_and_a_hub(self):
        port = hub(device_owner="network:router_interface", device_id="r", **{"binding:vif_type": "wireguard"})
        self.assertTrue(mapping.is_ours(port))
        self.assertEqual("hub", mapping.to_agent(port, [])["wireguard_kind"])
        self.assertEqual({"namespace": "qrouter-r", "router_id": "r"}, mapping.with_attachment({}, port)["attachment"])
        self.assertIsNone(mapping.with_attachment({}, hub())["attachment"])

    def test_other_ports_are_not_ours(self):
        self.assertFalse(mapping.is_ours(hub(device_owner="network:router_interface", **{"binding:vif_type": "ovs"})))
        self.assertFalse(mapping.is_ours(hub(device_owner="compute:nova")))

    def test_what_is_missing_is_named(self):
        self.assertEqual("binding:profile.public_key", mapping.missing(spoke(**{"binding:profile": {}}))[0])
        self.assertEqual("binding:profile.public_key", mapping.missing(spoke(**{"binding:profile": None}))[0])
        self.assertEqual("binding:host_id", mapping.missing(hub(**{"binding:host_id": ""}))[0])
        self.assertIsNone(mapping.missing(hub()))
        self.assertIsNone(mapping.missing(spoke()))

    def test_the_agent_gets_the_subnets_and_nothing_that_does_not_concern_it(self):
        body = mapping.to_agent(hub(), [{"id": "s1", "cidr": "10.50.0.0/24", "gateway_ip": "10.50.0.254"}])
        self.assertEqual([{"id": "s1", "cidr": "10.50.0.0/24"}], body["subnets"])
        self.assertNotIn("mac_address", body)

    def test_a_spokes_details_are_its_hubs_and_fit_neutrons_column(self):
        details = {"public_key": "K" * 44, "endpoint": "192.0.2.7:51820", "device_name": "wg-x"}
        peers = mapping.spoke_details([hub(**{"binding:vif_details": details})])["peers"]
        self.assertEqual("K" * 44, peers[0]["public_key"])
        self.assertEqual(["10.50.0.1"], peers[0]["addresses"])
        many = mapping.spoke_details([hub(**{"binding:vif_details": details}) for _ in range(200)])
        self.assertGreater(len(many["peers"]), 5)
        self.assertLessEqual(len(json.dumps(many)), 4095)
        self.assertEqual([], mapping.spoke_details([hub(**{"binding:vif_details": None})])["peers"])


if __name__ == "__main__":
    unittest.main()
