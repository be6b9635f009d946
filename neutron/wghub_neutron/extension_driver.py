"""A spoke is never bound, and has no vif_details of its own in the database: they are filled in from its network's hubs when it is shown."""

from neutron.db import models_v2
from neutron.plugins.ml2 import models
from neutron_lib.plugins.ml2 import api
from oslo_serialization import jsonutils

from wghub_neutron import mapping
from wghub_neutron import names


class WghubExtensionDriver(api.ExtensionDriver):
    def initialize(self):
        pass

    @property
    def extension_alias(self):
        return "binding"

    def extend_port_dict(self, session, base_model, result):
        if names.kind(result.get("device_owner")) == "spoke":
            result["binding:vif_details"] = mapping.spoke_details(self._hubs(session, result["network_id"]))

    @staticmethod
    def _hubs(session, network_id):
        rows = (
            session.query(models_v2.Port, models.PortBinding)
            .join(models.PortBinding, models.PortBinding.port_id == models_v2.Port.id)
            .filter(models_v2.Port.network_id == network_id, models.PortBinding.vif_type == names.VIF_TYPE)
        )
        for port, binding in rows:
            yield {
                "id": port.id,
                "binding:vif_details": jsonutils.loads(binding.vif_details) if binding.vif_details else {},
                "fixed_ips": [{"ip_address": ip.ip_address} for ip in port.fixed_ips],
            }
