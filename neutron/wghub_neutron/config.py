"""[wghub] in Neutron's configuration."""

from oslo_config import cfg

from wghub_neutron import client

OPTIONS = [
    cfg.DictOpt(
        "agents",
        default={},
        help="Where the agent of each node is: net1:unix:/run/wg-hub/agent.sock,net2:https://net2.example:9820. The name is that of "
        "binding:host_id.",
    ),
    cfg.StrOpt("token_file", help="The token of agents on TCP."),
    cfg.StrOpt("ca_file", help="Whose certificates agents have."),
    cfg.StrOpt("cert_file", help="Neutron's own certificate for them."),
    cfg.StrOpt("key_file", help="Its private key."),
    cfg.IntOpt("sweep_seconds", default=30, min=1, help="How often the full state is sent to every agent."),
]


def register(conf=cfg.CONF):
    conf.register_opts(OPTIONS, "wghub")
    return conf.wghub


def agents(options):
    token = None
    if options.token_file:
        with open(options.token_file, encoding="utf-8") as file:
            token = file.read().strip()
    return {
        host: client.Agent(url, token, options.ca_file, options.cert_file, options.key_file) for host, url in options.agents.items()
    }
