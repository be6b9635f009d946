package org.wgjvm.hub.port;

import java.util.regex.Pattern;

/** The names on a node that follow from ports. The Python driver has the same function, and the same test vectors. */
public final class Names {
    /** Of interfaces. */
    public static final String DEVICE_PREFIX = "wg-";

    /** Of namespaces. */
    public static final String NAMESPACE_PREFIX = "tun-";

    private static final int ID_CHARACTERS = 11;
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern DEVICE = Pattern.compile("wg-[0-9a-f]{8}-[0-9a-f]{2}");
    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9_.-]{0,64}");

    private Names() {}

    /** The interface of a hub port: the prefix and the beginning of the port's id, 14 characters as Neutron's own interfaces have. */
    public static String device(String portId) {
        return DEVICE_PREFIX + portId.substring(0, ID_CHARACTERS);
    }

    /** The namespace of a project's hubs. */
    public static String namespace(String projectId) {
        return NAMESPACE_PREFIX + (projectId.isEmpty() ? "none" : projectId);
    }

    /** Whether it is an id of a port, a network or the like. */
    public static boolean isId(String text) {
        return UUID.matcher(text).matches();
    }

    /** Whether it could be a project's id: something to make a file name of. */
    public static boolean isProject(String text) {
        return PROJECT.matcher(text).matches();
    }

    /** Whether an interface is called as that of a hub would be. */
    public static boolean isDevice(String name) {
        return DEVICE.matcher(name).matches();
    }

    /** Whether it may be the name of a namespace: a file name, and nothing more. */
    public static boolean isNamespace(String name) {
        return name.matches("[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,254}");
    }
}
