# devstack plugin: the agent of this node, and Neutron's driver for it. The repository is one level up.
WGHUB_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if is_service_enabled wg-hub; then
    if [[ "$1" == "stack" && "$2" == "install" ]]; then
        pip_install "$WGHUB_ROOT/neutron"
    elif [[ "$1" == "stack" && "$2" == "post-config" ]]; then
        Q_ML2_PLUGIN_MECHANISM_DRIVERS=${Q_ML2_PLUGIN_MECHANISM_DRIVERS:-openvswitch},wghub
        iniset "/$Q_PLUGIN_CONF_FILE" ml2 mechanism_drivers "$Q_ML2_PLUGIN_MECHANISM_DRIVERS"
        iniset "/$Q_PLUGIN_CONF_FILE" ml2 extension_drivers "$(iniget "/$Q_PLUGIN_CONF_FILE" ml2 extension_drivers),wghub"
        iniset "/$Q_PLUGIN_CONF_FILE" wghub agents "$(hostname):unix:$WGHUB_SOCKET"
        sudo install -D -m 0644 "$WGHUB_ROOT/neutron/etc/policy.d/wghub.yaml" /etc/neutron/policy.d/wghub.yaml
    elif [[ "$1" == "stack" && "$2" == "extra" ]]; then
        run_process wg-hub "$WGHUB_ROOT/bin/wg-hub agent --state $WGHUB_STATE --socket $WGHUB_SOCKET --public-address $HOST_IP" root root
    fi
    if [[ "$1" == "unstack" ]]; then
        stop_process wg-hub
    fi
fi
