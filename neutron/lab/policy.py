"""policy.py FILE - asks Neutron's own rules, with FILE on top of them and without, who may do what; exit code 1 when it is not as it should be."""
import os
import sys

from neutron.conf import policies
from oslo_config import cfg
from oslo_policy import policy

# rule, roles, allowed without the file, allowed with it
EXPECTED = [
    ("create_port:binding:profile", ["member", "reader"], False, True),
    ("update_port:binding:profile", ["member", "reader"], False, True),
    ("create_port:binding:profile", ["reader"], False, False),
    ("create_port:binding:host_id", ["member", "reader"], False, False),
    ("create_port:binding:host_id", ["member", "reader", "wireguard"], False, True),
    ("get_port:binding:vif_details", ["member", "reader"], False, True),
    ("get_port:binding:vif_type", ["member", "reader"], False, True),
    ("get_port:binding:profile", ["member", "reader"], False, True),
    ("create_port:binding:host_id", ["admin"], True, True),
    ("create_port:binding:profile", ["admin"], True, True),
]


def enforcer(file):
    conf = cfg.ConfigOpts()
    conf([])
    rules = policy.Enforcer(conf, policy_file=file and os.path.abspath(file))
    rules.suppress_deprecation_warnings = True
    rules.register_defaults(policies.list_rules())
    rules.load_rules()
    return rules


def main():
    wrong = 0
    for with_file, rules in ((False, enforcer(None)), (True, enforcer(sys.argv[1]))):
        for rule, roles, before, after in EXPECTED:
            who = {"user_id": "u", "tenant_id": "p1", "project_id": "p1", "roles": roles, "is_admin": "admin" in roles}
            mine = {"tenant_id": "p1", "project_id": "p1"}
            allowed = rules.authorize(rule, mine, who)
            if bool(allowed) != (after if with_file else before):
                print(f"{rule} for {roles} {'with' if with_file else 'without'} the file: {allowed}", file=sys.stderr)
                wrong += 1
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
