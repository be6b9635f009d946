package org.wgjvm.endpoint.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.wgjvm.crypto.Aeads;

/** Metrics of the process, under the names that every Prometheus client uses, and of its version. */
final class ProcessMetrics {
    private static final long PAGE_BYTES = 4096;

    private ProcessMetrics() {}

    static void addTo(MetricSet set) {
        final ProcessHandle.Info process = ProcessHandle.current().info();
        process.totalCpuDuration().map(Duration::toNanos).ifPresent(ns ->
                set.counter("process_cpu_seconds_total", "CPU time of the process", ns * 1e-9, Labels.EMPTY));
        process.startInstant().map(Instant::getEpochSecond).ifPresent(s ->
                set.gauge("process_start_time_seconds", "Start of the process in seconds since 1970", s, Labels.EMPTY));
        final long resident = residentBytes();
        if (resident >= 0) {
            set.gauge("process_resident_memory_bytes", "Resident memory of the process", resident, Labels.EMPTY);
        }
        final long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        set.gauge("jvm_memory_used_bytes", "Memory in use", heap, Labels.of("area", "heap"));
        for (final BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            set.gauge("jvm_buffer_pool_used_bytes", "Memory of a pool of buffers", pool.getMemoryUsed(), Labels.of("pool", pool.getName()));
        }
        for (final GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            set.counter("wgjvm_gc_seconds_total", "Time in collections of garbage",
                    Math.max(0, gc.getCollectionTime()) * 1e-3, Labels.of("gc", gc.getName()));
        }
        final String version =
                Objects.requireNonNullElse(ProcessMetrics.class.getPackage().getImplementationVersion(), "unpackaged");
        set.info("wgjvm_build_info", "Always 1; its labels say what runs",
                Labels.of("version", version, "java", Runtime.version().toString(), "cipher", Aeads.describe()));
    }

    private static long residentBytes() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE_BYTES;
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return -1;
        }
    }
}
