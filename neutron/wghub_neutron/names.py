"""The names that follow from a port. The agent has the same function, and both have the same vectors (tests/names.json)."""

HUB = "channel:wireguard:hub"
SPOKE = "channel:wireguard:spoke"
VIF_TYPE = "wireguard"
DEVICE_PREFIX = "wg-"
ID_CHARACTERS = 11


def device(port_id):
    """The interface of a hub port."""
    return DEVICE_PREFIX + port_id[:ID_CHARACTERS]


def router_namespace(router_id):
    """The namespace that Neutron's L3 agent makes for a router."""
    return "qrouter-" + router_id


def kind(device_owner):
    """'hub', 'spoke' or None."""
    return {HUB: "hub", SPOKE: "spoke"}.get(device_owner)
