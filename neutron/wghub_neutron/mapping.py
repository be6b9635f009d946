"""From a port of Neutron to what the agent takes, and back. No Neutron in here."""

from wghub_neutron import names

ROUTER_INTERFACE = "network:router_interface"
DETAILS_LIMIT = 4095


def is_ours(port):
    """By the bound driver: a router overwrites the device_owner of a port that is added to it."""
    return port.get("binding:vif_type") == names.VIF_TYPE or names.kind(port.get("device_owner")) is not None


def kind(port):
    """'hub' or 'spoke' of a port that is ours: bound ports that are no spokes are hubs, whatever their owner has become."""
    return names.kind(port.get("device_owner")) or "hub"


def missing(port):
    """The field that keeps a port from being accepted at all, with the reason; None when there is none."""
    if kind(port) == "spoke":
        if not (port.get("binding:profile") or {}).get("public_key"):
            return "binding:profile.public_key", "is required for a spoke: the device makes its key pair and tells the public half"
    elif not port.get("binding:host_id"):
        return "binding:host_id", "is required for a hub: the node that it is on"
    return None


def to_agent(port, subnets):
    """What the agent takes. `subnets` are those of the port's network."""
    body = {
        name: port.get(name)
        for name in ("id", "name", "network_id", "project_id", "admin_state_up", "device_owner", "device_id", "fixed_ips")
    }
    body["wireguard_kind"] = kind(port)
    body["binding:host_id"] = (port.get("binding:host_id") or "") if kind(port) == "hub" else ""
    body["binding:profile"] = port.get("binding:profile") or {}
    body["subnets"] = [{"id": s["id"], "cidr": s["cidr"]} for s in subnets]
    return body


def with_attachment(body, port):
    """Adds where a hub is attached, for a full state: its owner says so."""
    attached = port.get("device_owner") == ROUTER_INTERFACE and port.get("device_id")
    body["attachment"] = (
        {"namespace": names.router_namespace(port["device_id"]), "router_id": port["device_id"]} if attached else None
    )
    return body


def hub_details(answer):
    """vif_details for Neutron's database, of what the agent answered. Never the spokes: 4095 characters are stored."""
    return dict(answer["binding:vif_details"])


def spoke_details(hubs):
    """vif_details of a spoke, from its network's hubs as Neutron has them: as many as fit."""
    peers = []
    for hub in hubs:
        details = hub.get("binding:vif_details") or {}
        if details.get("public_key"):
            peer = {
                "port_id": hub["id"],
                "public_key": details["public_key"],
                "endpoint": details.get("endpoint", ""),
                "addresses": [ip["ip_address"] for ip in hub.get("fixed_ips", [])],
            }
            if len(str(peers + [peer])) > DETAILS_LIMIT - 100:
                break
            peers.append(peer)
    return {"peers": peers}
