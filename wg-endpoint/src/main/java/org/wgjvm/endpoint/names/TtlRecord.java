package org.wgjvm.endpoint.names;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsCnameCache;
import java.net.InetAddress;
import java.util.List;

/** Caches that keep nothing of an answer but its shortest time to live. On the resolver's event loop. */
final class TtlRecord {
    private long seconds = Long.MAX_VALUE;

    /** The shortest, or -1 when there was none: the answer is not from a name server. */
    long seconds() {
        return seconds == Long.MAX_VALUE ? -1 : seconds;
    }

    private void saw(long ttl) {
        seconds = Math.min(seconds, ttl);
    }

    DnsCache addresses() {
        return new DnsCache() {
            @Override
            public void clear() {
                // Nothing is kept.
            }

            @Override
            public boolean clear(String hostname) {
                return false;
            }

            @Override
            public List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
                return null;
            }

            @Override
            public DnsCacheEntry cache(
                    String hostname, DnsRecord[] additionals, InetAddress address, long originalTtl, EventLoop loop) {
                saw(originalTtl);
                return new Entry(address, null);
            }

            @Override
            public DnsCacheEntry cache(String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
                return new Entry(null, cause);
            }
        };
    }

    DnsCnameCache aliases() {
        return new DnsCnameCache() {
            @Override
            public String get(String hostname) {
                return null;
            }

            @Override
            public void cache(String hostname, String cname, long originalTtl, EventLoop loop) {
                saw(originalTtl);
            }

            @Override
            public void clear() {
                // Nothing is kept.
            }

            @Override
            public boolean clear(String hostname) {
                return false;
            }
        };
    }

    private record Entry(InetAddress address, Throwable cause) implements DnsCacheEntry {}
}
