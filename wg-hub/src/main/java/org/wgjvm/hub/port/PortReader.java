package org.wgjvm.hub.port;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;

/**
 * Reads a port from Neutron's JSON. Fields of a port that do not concern WireGuard are passed over; those that do are read strictly, and in
 * {@code binding:profile} nothing unknown is accepted, since there a misspelt field would be lost in silence.
 */
public final class PortReader {
    /** Stands for a preshared key that is set, in answers, and, in requests, for keeping it. */
    public static final String HIDDEN = "(hidden)";

    /** What a profile may have. */
    public static final Set<String> PROFILE_FIELDS =
            Set.of("public_key", "endpoint", "preshared_key", "persistent_keepalive", "allowed_ips");

    private static final String PROFILE = "binding:profile";
    private static final int LONGEST_NAME = 255;
    private static final Set<String> PRIVATE = Set.of("private_key", "privatekey", "privkey", "wg_privkey", "secret_key");

    private PortReader() {}

    /** What is to become of a spoke's preshared key. */
    public enum KeyChange {
        /** It is as it was. */
        KEEP,
        /** It is the one that came along. */
        SET,
        /** There is none. */
        REMOVE
    }

    /**
     * A port and the secret that came with it.
     *
     * @param presharedKey null unless it is to be set
     */
    public record Read(Port port, KeyChange keyChange, PresharedKey presharedKey) {}

    /**
     * Reads a port.
     *
     * @param fields the port, without the {@code "port"} around it
     * @param id what it must be called, or null for whatever it says
     * @param known what it is known to be already, or null: routers overwrite the device_owner that would say so
     */
    public static Read read(Fields fields, String id, PortKind known) throws FieldException {
        refusePrivateKey(fields);
        final String own = fields.string("id", id);
        if (own == null || !Names.isId(own)) {
            throw fields.wrong("id", "a UUID in lower case is wanted");
        }
        if (id != null && !own.equals(id)) {
            throw fields.wrong("id", "is not that of the address, " + id);
        }
        final String owner = fields.string("device_owner", "");
        final PortKind kind = kind(fields, owner, known);
        final String project = fields.string("project_id", fields.string("tenant_id", ""));
        if (!Names.isProject(project)) {
            throw fields.wrong("project_id", "letters, digits, dots, dashes and underscores, at most 64, are wanted");
        }
        final String network = fields.required("network_id");
        if (!Names.isId(network)) {
            throw fields.wrong("network_id", "a UUID in lower case is wanted");
        }
        final String host = fields.string("binding:host_id", "");
        if (kind == PortKind.HUB && host.isEmpty()) {
            throw fields.wrong("binding:host_id", "is required for a hub: the node that it is on");
        }
        final String name = fields.string("name", "");
        if (name.length() > LONGEST_NAME) {
            throw fields.wrong("name", "is longer than " + LONGEST_NAME + " characters");
        }
        final Fields profile = fields.object(PROFILE);
        final Profile parsed = profile == null ? Profile.NONE : profile(profile);
        if (kind == PortKind.SPOKE && parsed.publicKey() == null) {
            throw fields.wrong(PROFILE + ".public_key", "is required for a spoke: the device makes its key pair and tells the public half");
        }
        if (kind == PortKind.HUB && profile != null && !profile.json().isEmpty()) {
            throw fields.wrong(PROFILE + "." + profile.json().keySet().iterator().next(), "a hub makes its own keys: its profile is empty");
        }
        final Port port = new Port(
                own, kind, new Port.Binding(network, project, host), new Port.Identity(name, owner, fields.string("device_id", "")),
                fields.bool("admin_state_up", true), fixedIps(fields), subnets(fields), parsed);
        if (kind == PortKind.SPOKE && port.allowedIps().isEmpty()) {
            throw fields.wrong("fixed_ips", "a spoke needs an address");
        }
        return new Read(port, keyChange(profile), presharedKey(profile));
    }

    private static PortKind kind(Fields fields, String owner, PortKind known) throws FieldException {
        final PortKind asked = PortKind.ofDeviceOwner(owner);
        final String label = fields.string("wireguard_kind", "");
        final PortKind said = PortKind.ofLabel(label);
        if (said == null && !label.isEmpty()) {
            throw fields.wrong("wireguard_kind", "hub or spoke is wanted");
        }
        final PortKind kind = known != null ? known : said != null ? said : asked;
        if (kind == null) {
            throw fields.wrong("device_owner", PortKind.HUB.deviceOwner() + " or " + PortKind.SPOKE.deviceOwner() + " is wanted");
        }
        if (asked != null && asked != kind || said != null && said != kind) {
            throw fields.wrong(asked != null && asked != kind ? "device_owner" : "wireguard_kind", "the port is a " + kind.label()
                    + ", and stays one");
        }
        return kind;
    }

    private static void refusePrivateKey(Fields fields) throws FieldException {
        final Fields profile = fields.json().get(PROFILE) instanceof com.google.gson.JsonObject o ? new Fields(o, PROFILE) : null;
        for (final Fields place : profile == null ? List.of(fields) : List.of(fields, profile)) {
            for (final String name : place.json().keySet()) {
                if (PRIVATE.contains(name.toLowerCase(java.util.Locale.ROOT).replace("-", "_"))) {
                    throw place.wrong(name, "a private key is never sent: it stays on its device. Make another one, this one is known now");
                }
            }
        }
    }

    private static Profile profile(Fields profile) throws FieldException {
        profile.only(PROFILE_FIELDS);
        final String key = profile.string("public_key", "");
        PublicKey publicKey = null;
        if (!key.isEmpty()) {
            try {
                publicKey = PublicKey.fromBase64(key);
            } catch (IllegalArgumentException e) {
                throw profile.wrong("public_key", "44 characters of base64 are wanted");
            }
            if (publicKey.isZero()) {
                throw profile.wrong("public_key", "is all zeros");
            }
        }
        HostPort endpoint = null;
        final String at = profile.string("endpoint", "");
        if (!at.isEmpty()) {
            try {
                endpoint = HostPort.parse(at);
            } catch (IllegalArgumentException e) {
                throw profile.wrong("endpoint", e.getMessage());
            }
        }
        final List<Cidr> allowed = new ArrayList<>();
        for (final String text : profile.strings("allowed_ips")) {
            try {
                allowed.add(Cidr.parse(text));
            } catch (IllegalArgumentException e) {
                throw profile.wrong("allowed_ips[" + allowed.size() + "]", e.getMessage());
            }
        }
        return new Profile(publicKey, endpoint, (int) profile.integer("persistent_keepalive", 0, 65535, 0), allowed);
    }

    private static KeyChange keyChange(Fields profile) throws FieldException {
        final String text = profile == null ? "" : profile.string("preshared_key", "");
        return text.isEmpty() ? KeyChange.REMOVE : text.equals(HIDDEN) ? KeyChange.KEEP : KeyChange.SET;
    }

    private static PresharedKey presharedKey(Fields profile) throws FieldException {
        if (keyChange(profile) != KeyChange.SET) {
            return null;
        }
        try {
            return PresharedKey.fromBase64(profile.string("preshared_key", ""));
        } catch (IllegalArgumentException e) {
            throw profile.wrong("preshared_key", "44 characters of base64 are wanted");
        }
    }

    private static List<FixedIp> fixedIps(Fields fields) throws FieldException {
        final List<FixedIp> all = new ArrayList<>();
        final Set<InetAddress> seen = new HashSet<>();
        for (final Fields ip : fields.objects("fixed_ips")) {
            try {
                final InetAddress address = Cidr.address(ip.required("ip_address"));
                if (address.isAnyLocalAddress() || address.isMulticastAddress() || address.isLoopbackAddress()) {
                    throw ip.wrong("ip_address", "cannot be a device's address");
                }
                if (!seen.add(address)) {
                    throw ip.wrong("ip_address", "is there twice");
                }
                all.add(new FixedIp(ip.string("subnet_id", ""), address));
            } catch (IllegalArgumentException e) {
                throw ip.wrong("ip_address", e.getMessage());
            }
        }
        return all;
    }

    private static List<Subnet> subnets(Fields fields) throws FieldException {
        final List<Subnet> all = new ArrayList<>();
        for (final Fields subnet : fields.objects("subnets")) {
            try {
                all.add(new Subnet(subnet.required("id"), Cidr.parse(subnet.required("cidr")).network()));
            } catch (IllegalArgumentException e) {
                throw subnet.wrong("cidr", e.getMessage());
            }
        }
        return all;
    }
}
