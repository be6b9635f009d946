package org.wgjvm.hub.agent;

import java.util.function.LongSupplier;
import org.wgjvm.hub.share.KeyValueStore;
import org.wgjvm.hub.share.ShareSettings;
import org.wgjvm.hub.share.SharedSecret;

/**
 * What an agent needs to share what is wanted with others.
 *
 * @param settings how
 * @param store where; it is the agent's from now on
 * @param secret what the hosts have in common, or null
 * @param clockNs CLOCK_BOOTTIME
 */
public record Sharing(ShareSettings settings, KeyValueStore store, SharedSecret secret, LongSupplier clockNs) {}
