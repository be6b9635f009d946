"""The few names of Neutron that the driver imports, where Neutron is not installed: no behaviour of Neutron's is imitated."""

import importlib.util
import sys
import types


def _module(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


def install():
    if importlib.util.find_spec("neutron_lib") is None:
        class InvalidInput(Exception):
            def __init__(self, error_message):
                super().__init__("Invalid input for operation: " + error_message)

        class BaseWorker:
            def __init__(self, worker_process_count=1, set_proctitle="on", desc=None):
                self.worker_process_count = worker_process_count

            def start(self, name="neutron-server", desc=None):
                pass

        subscribed = []
        _module("neutron_lib")
        _module("neutron_lib.constants", PORT_STATUS_DOWN="DOWN")
        _module("neutron_lib.context", get_admin_context=lambda: "admin")
        _module("neutron_lib.worker", BaseWorker=BaseWorker)
        _module("neutron_lib.exceptions", InvalidInput=InvalidInput)
        _module("neutron_lib.callbacks")
        _module("neutron_lib.callbacks.events", AFTER_CREATE="after_create", AFTER_DELETE="after_delete")
        _module("neutron_lib.callbacks.resources", ROUTER_INTERFACE="router_interface")
        _module("neutron_lib.callbacks.registry", subscribe=lambda *a: subscribed.append(a), subscribed=subscribed)
        _module("neutron_lib.db")
        _module("neutron_lib.db.api", CONTEXT_READER=None)
        _module("neutron_lib.plugins")
        _module("neutron_lib.plugins.directory", get_plugin=lambda: None)
        _module("neutron_lib.plugins.ml2")
        _module("neutron_lib.plugins.ml2.api", MechanismDriver=object, ExtensionDriver=object, ID="id")
    if importlib.util.find_spec("oslo_config") is None:
        def option(name, **kwargs):
            return name, kwargs.get("default")

        class Conf:
            def register_opts(self, options, group):
                setattr(self, group, types.SimpleNamespace(**dict(options)))

        _module("oslo_config")
        _module("oslo_config.cfg", DictOpt=option, StrOpt=option, IntOpt=option, CONF=Conf())
    if importlib.util.find_spec("oslo_log") is None:
        import logging

        _module("oslo_log")
        _module("oslo_log.log", getLogger=logging.getLogger)
