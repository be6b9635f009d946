package org.wgjvm.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.security.SecureRandom;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.hub.port.Fields;

/** Ports for tests, as Neutron's JSON has them. */
public final class Ports {
    public static final String NETWORK = "11111111-2222-4333-8444-555555555555";
    public static final String OTHER_NETWORK = "11111111-2222-4333-8444-666666666666";
    public static final String HOST = "net1";

    private Ports() {}

    /** The id of the n-th hub. */
    public static String hubId(int n) {
        return String.format("%08x-0000-4000-8000-00000000000a", 0xa0000000 + n);
    }

    /** The id of the n-th spoke. */
    public static String spokeId(int n) {
        return String.format("%08x-0000-4000-8000-00000000000b", 0xb0000000 + n);
    }

    /** A hub with the address 10.50.0.1/24. */
    public static JsonObject hub(String project) {
        final JsonObject json = new JsonObject();
        json.addProperty("network_id", NETWORK);
        json.addProperty("project_id", project);
        json.addProperty("device_owner", "channel:wireguard:hub");
        json.addProperty("binding:host_id", HOST);
        json.add("binding:profile", new JsonObject());
        json.add("fixed_ips", ips("10.50.0.1"));
        final JsonObject subnet = new JsonObject();
        subnet.addProperty("id", "s1");
        subnet.addProperty("cidr", "10.50.0.0/24");
        final JsonArray subnets = new JsonArray();
        subnets.add(subnet);
        json.add("subnets", subnets);
        return json;
    }

    /** A spoke with an address and a key. */
    public static JsonObject spoke(String address, String publicKey) {
        final JsonObject json = new JsonObject();
        json.addProperty("network_id", NETWORK);
        json.addProperty("project_id", "p1");
        json.addProperty("device_owner", "channel:wireguard:spoke");
        final JsonObject profile = new JsonObject();
        profile.addProperty("public_key", publicKey);
        json.add("binding:profile", profile);
        json.add("fixed_ips", ips(address));
        return json;
    }

    /** Addresses of the subnet s1. */
    public static JsonArray ips(String... addresses) {
        final JsonArray all = new JsonArray();
        for (final String address : addresses) {
            final JsonObject ip = new JsonObject();
            ip.addProperty("subnet_id", "s1");
            ip.addProperty("ip_address", address);
            all.add(ip);
        }
        return all;
    }

    /** A fresh public key. */
    public static String key() {
        try (PrivateKey key = PrivateKey.generate(new SecureRandom()::nextBytes)) {
            return key.publicKey().toBase64();
        }
    }

    /** As a request has it. */
    public static Fields fields(JsonObject json) {
        return new Fields(json, "");
    }
}
