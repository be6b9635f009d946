package org.wgjvm.core.config;

import java.util.List;
import org.wgjvm.crypto.PrivateKey;

/**
 * The state of a device at one moment, as the UAPI's {@code get} shows it.
 *
 * @param privateKey the private key, or null
 * @param listenPort the bound UDP port, or 0
 * @param fwmark mark of outer packets, or 0
 * @param peers in the order in which they were added
 */
public record DeviceSnapshot(PrivateKey privateKey, int listenPort, int fwmark, List<PeerSnapshot> peers) {}
