"""The mechanism driver: what happens to ports is told to the agents, and what an agent missed is swept up."""

import time

from neutron_lib import constants
from neutron_lib import context as n_context
from neutron_lib import exceptions
from neutron_lib.callbacks import events
from neutron_lib.callbacks import registry
from neutron_lib.callbacks import resources
from neutron_lib.db import api as db_api
from neutron_lib.plugins import directory
from neutron_lib.plugins.ml2 import api
from oslo_log import log

from wghub_neutron import client
from wghub_neutron import config
from wghub_neutron import mapping
from wghub_neutron import names
from wghub_neutron import sweeper

LOG = log.getLogger(__name__)


class WghubMechanismDriver(api.MechanismDriver):
    """Hubs are bound by their node's agent; spokes are told to every agent, since each knows the hubs that it has."""

    def initialize(self):
        options = config.register()
        self.agents = config.agents(options)
        self.sweep_seconds = options.sweep_seconds
        registry.subscribe(self.router_interface_added, resources.ROUTER_INTERFACE, events.AFTER_CREATE)
        registry.subscribe(self.router_interface_removed, resources.ROUTER_INTERFACE, events.AFTER_DELETE)

    # Ports.

    def create_port_precommit(self, context):
        self._check(context.current)

    def update_port_precommit(self, context):
        self._check(context.current)

    @staticmethod
    def _check(port):
        if mapping.is_ours(port):
            wrong = mapping.missing(port)
            if wrong:
                raise exceptions.InvalidInput(error_message=f"{wrong[0]}: {wrong[1]}")

    def bind_port(self, context):
        port = context.current
        if not mapping.is_ours(port) or mapping.kind(port) != "hub":
            return
        agent = self.agents.get(context.host)
        if agent is None:
            LOG.error("Port %s: no agent is known for host %s ([wghub] agents)", port["id"], context.host)
            return
        try:
            answer = agent.put(self._body(port))
        except (client.Refused, client.Unreachable) as e:
            # The binding fails, and the sweep comes back to it.
            LOG.error("Port %s: %s", port["id"], e)
            return
        for segment in context.segments_to_bind:
            context.set_binding(segment[api.ID], names.VIF_TYPE, mapping.hub_details(answer), answer["status"])
            return

    def create_port_postcommit(self, context):
        self._tell_spoke(context.current)

    def update_port_postcommit(self, context):
        """Addresses and admin state do not bind a port again: the agent is told here."""
        port = context.current
        if not mapping.is_ours(port):
            return
        if mapping.kind(port) == "spoke":
            self._tell_spoke(port)
        elif port.get("binding:vif_type") == names.VIF_TYPE:
            if context.original.get("binding:host_id") not in (None, "", context.host):
                self._each([self.agents.get(context.original["binding:host_id"])], lambda a: a.delete(port["id"]))
            self._each([self.agents.get(context.host)], lambda a: a.put(self._body(port)))

    def delete_port_postcommit(self, context):
        port = context.current
        if mapping.is_ours(port):
            concerned = self.agents.values() if mapping.kind(port) == "spoke" else [self.agents.get(context.host)]
            self._each(concerned, lambda a: a.delete(port["id"]))

    def _tell_spoke(self, port):
        if mapping.is_ours(port) and mapping.kind(port) == "spoke":
            body = self._body(port)
            self._each(self.agents.values(), lambda a: a.put(body))

    @staticmethod
    def _each(agents, call):
        for agent in agents:
            if agent is not None:
                try:
                    call(agent)
                except client.Unreachable as e:
                    LOG.warning("%s: swept up later", e)
                except client.Refused as e:
                    LOG.error("%s", e)

    @staticmethod
    def _body(port):
        return mapping.to_agent(port, _subnets(port["network_id"]))

    # Routers.

    def router_interface_added(self, resource, event, trigger, payload):
        port = payload.metadata["port"]
        if mapping.is_ours(port) and mapping.kind(port) == "hub":
            router_id = payload.resource_id
            agent = self.agents.get(port.get("binding:host_id"))
            self._each([agent], lambda a: a.attach(port["id"], names.router_namespace(router_id), router_id))

    def router_interface_removed(self, resource, event, trigger, payload):
        """Neutron deletes the port with the interface; should it be there still, it goes back."""
        port = payload.metadata["port"]
        if mapping.is_ours(port) and mapping.kind(port) == "hub":
            self._each([self.agents.get(port.get("binding:host_id"))], self._detach(port["id"]))

    @staticmethod
    def _detach(port_id):
        def call(agent):
            try:
                agent.detach(port_id)
            except client.Refused as e:
                if e.status != 404:
                    raise

        return call

    # What an agent missed.

    def get_workers(self):
        return [sweeper.Sweeper(self.sweep, self.sweep_seconds)]

    def sweep(self):
        """Sends every agent all that it should have, binds hubs that are not bound, and reports what works."""
        context = n_context.get_admin_context()
        plugin = directory.get_plugin()
        # Read to the end before anybody is asked: no transaction is open meanwhile.
        with db_api.CONTEXT_READER.using(context):
            ports = [p for p in plugin.get_ports(context) if mapping.is_ours(p)]
        subnets = {}
        for host, agent in self.agents.items():
            bodies = []
            for port in ports:
                if mapping.kind(port) == "spoke" or port.get("binding:host_id") == host:
                    known = subnets.setdefault(port["network_id"], _subnets(port["network_id"]))
                    body = mapping.to_agent(port, known)
                    bodies.append(mapping.with_attachment(body, port) if mapping.kind(port) == "hub" else body)
            try:
                answer = agent.sync(time.time_ns() // 1_000_000, bodies)
                for refused in answer["refused"]:
                    LOG.error("Port %(id)s: %(field)s: %(message)s", refused)
                states = {p["id"]: p for p in agent.ports()}
            except (client.Refused, client.Unreachable) as e:
                LOG.warning("%s", e)
                states = None
            for port in ports:
                if mapping.kind(port) == "hub" and port.get("binding:host_id") == host:
                    self._report(plugin, context, port, states)

    @staticmethod
    def _report(plugin, context, port, states):
        if states is not None and port.get("binding:vif_type") != names.VIF_TYPE:
            # It could not be bound when it came: an update with its own host has Neutron try again.
            plugin.update_port(context, port["id"], {"port": {"binding:host_id": port["binding:host_id"]}})
            return
        state = None if states is None else states.get(port["id"])
        status = constants.PORT_STATUS_DOWN if state is None else state["status"]
        if status != port.get("status"):
            plugin.update_port_status(context, port["id"], status)


def _subnets(network_id):
    context = n_context.get_admin_context()
    with db_api.CONTEXT_READER.using(context):
        return directory.get_plugin().get_subnets(context, filters={"network_id": [network_id]})
