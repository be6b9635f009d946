package org.wgjvm.endpoint.config;

/**
 * An endpoint as written: its host may be a name.
 *
 * @param host a name or an address without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
