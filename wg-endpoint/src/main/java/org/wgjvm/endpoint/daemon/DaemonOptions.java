package org.wgjvm.endpoint.daemon;

import java.net.InetSocketAddress;
import java.util.Map;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.upgrade.TakeOver;
import org.wgjvm.endpoint.web.ListenAddress;

/**
 * What the environment tells a daemon (wireguard.com/xplatform, "Command Line Interface").
 *
 * @param interfaceName the interface
 * @param tunFd {@code WG_TUN_FD}, or -1
 * @param uapiFd {@code WG_UAPI_FD}, or -1
 * @param takeOverFd {@link TakeOver#VARIABLE}, the channel to the process whose place this one takes, or -1
 * @param level {@code LOG_LEVEL}
 * @param metrics {@code WGJVM_METRICS}: where to serve metrics, or null
 * @param page {@code WGJVM_UI}: where to serve the page, or null
 * @param json {@code LOG_FORMAT=json}
 */
record DaemonOptions(
        String interfaceName,
        int tunFd,
        int uapiFd,
        int takeOverFd,
        Log.Level level,
        InetSocketAddress metrics,
        InetSocketAddress page,
        boolean json) {
    private static final int LONGEST_NAME = 15;

    static DaemonOptions of(String interfaceName, Map<String, String> environment) throws DaemonException {
        checkName(interfaceName);
        return new DaemonOptions(
                interfaceName,
                fd(environment, "WG_TUN_FD"),
                fd(environment, "WG_UAPI_FD"),
                fd(environment, TakeOver.VARIABLE),
                Log.Level.of(environment.get("LOG_LEVEL")),
                address(environment, "WGJVM_METRICS", "--metrics"),
                address(environment, "WGJVM_UI", "--ui"),
                isJson(environment.getOrDefault("LOG_FORMAT", "")));
    }

    /** The kernel's rules for names of interfaces, and no slash, since the name is part of a path. */
    private static void checkName(String name) throws DaemonException {
        final boolean wrong = name.isEmpty()
                || name.length() > LONGEST_NAME
                || name.equals(".")
                || name.equals("..")
                || name.chars().anyMatch(c -> c <= ' ' || c >= 127 || c == '/' || c == ':' || c == '%');
        if (wrong) {
            throw new DaemonException("`" + name + "' is not a name for an interface: 1 to "
                    + LONGEST_NAME + " characters without / : % or space");
        }
    }

    private static InetSocketAddress address(Map<String, String> environment, String variable, String option) throws DaemonException {
        final String text = environment.getOrDefault(variable, "").strip();
        try {
            return text.isEmpty() ? null : ListenAddress.of(text);
        } catch (IllegalArgumentException e) {
            throw new DaemonException(option + " (" + variable + "): " + e.getMessage());
        }
    }

    private static boolean isJson(String format) throws DaemonException {
        return switch (format) {
            case "json" -> true;
            case "", "text" -> false;
            default -> throw new DaemonException("LOG_FORMAT=" + format + " is neither text nor json");
        };
    }

    private static int fd(Map<String, String> environment, String variable) throws DaemonException {
        final String text = environment.getOrDefault(variable, "");
        if (text.isEmpty()) {
            return -1;
        }
        try {
            return Math.toIntExact(Integer.parseUnsignedInt(text) & 0xffffffffL);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new DaemonException(variable + "=" + text + " is not a file descriptor");
        }
    }
}
