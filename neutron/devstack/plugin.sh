# devstack plugin: the agent of this node, and Neutron's driver for it. The repository is two levels up.
# shellcheck shell=bash disable=SC2154
WGHUB_ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)

# A list of drivers with ours at its end, and only once.
function _wghub_and_ours {
    case ",$1," in
        *,wghub,*) echo "$1" ;;
        *) echo "${1:+$1,}wghub" ;;
    esac
}

if is_service_enabled wg-hub; then
    if [[ "$1" == "stack" && "$2" == "install" ]]; then
        pip_install "$WGHUB_ROOT/neutron"
    elif [[ "$1" == "stack" && "$2" == "post-config" ]]; then
        Q_ML2_PLUGIN_MECHANISM_DRIVERS=$(_wghub_and_ours "${Q_ML2_PLUGIN_MECHANISM_DRIVERS:-openvswitch}")
        iniset "/$Q_PLUGIN_CONF_FILE" ml2 mechanism_drivers "$Q_ML2_PLUGIN_MECHANISM_DRIVERS"
        iniset "/$Q_PLUGIN_CONF_FILE" ml2 extension_drivers \
            "$(_wghub_and_ours "$(iniget "/$Q_PLUGIN_CONF_FILE" ml2 extension_drivers)")"
        iniset "/$Q_PLUGIN_CONF_FILE" wghub agents "$(hostname):unix:$WGHUB_SOCKET"
        sudo install -D -m 0644 "$WGHUB_ROOT/neutron/etc/policy.d/wghub.yaml" /etc/neutron/policy.d/wghub.yaml
    elif [[ "$1" == "stack" && "$2" == "extra" ]]; then
        run_process wg-hub "$WGHUB_ROOT/bin/wg-hub agent --state $WGHUB_STATE --socket $WGHUB_SOCKET --public-address $HOST_IP" root root
    fi
    if [[ "$1" == "unstack" ]]; then
        stop_process wg-hub
    fi
    if [[ "$1" == "clean" ]]; then
        sudo rm -rf "$WGHUB_STATE" /etc/neutron/policy.d/wghub.yaml
    fi
fi
