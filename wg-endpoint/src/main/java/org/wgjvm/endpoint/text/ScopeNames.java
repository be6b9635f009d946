package org.wgjvm.endpoint.text;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;

/** Names of network interfaces and their indices: the scopes of link-local addresses. */
public interface ScopeNames {
    /** The index of the interface called {@code name}, or that number itself; 0 when there is none. */
    int index(String name);

    /** The name of the interface with this index, or the index in digits when there is none. */
    String name(int index);

    /** The interfaces of the network namespace this process is in. */
    ScopeNames SYSTEM = new ScopeNames() {
        @Override
        public int index(String name) {
            try {
                final NetworkInterface found = NetworkInterface.getByName(name);
                if (found != null) {
                    return found.getIndex();
                }
            } catch (IOException e) {
                // No interface can be listed: a number may still be meant.
            }
            final byte[] digits = name.getBytes(StandardCharsets.ISO_8859_1);
            return (int) Math.max(0, Decimal.read(digits, 0, digits.length, Integer.MAX_VALUE));
        }

        @Override
        public String name(int index) {
            try {
                final NetworkInterface found = NetworkInterface.getByIndex(index);
                return found == null ? Integer.toString(index) : found.getName();
            } catch (IOException e) {
                return Integer.toString(index);
            }
        }
    };
}
