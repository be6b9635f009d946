package org.wgjvm.benchmarks.crypto;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Seal and open, a batch an operation. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AeadBenchmark {
    /** Which cipher. */
    @Param({"vector", "scalar", "jca", "bc"})
    public String implementation;

    /** Bytes of plaintext. */
    @Param({"64", "256", "512", "1024", "1420", "8900"})
    public int size;

    /** Packets an operation. */
    @Param({"1", "4", "16", "44", "128"})
    public int batch;

    private AeadLoad load;

    /** Makes keys, buffers and a batch of genuine packets. */
    @Setup
    public void setUp() {
        load = new AeadLoad(implementation, size, batch);
    }

    /** In place. */
    @Benchmark
    public void seal() {
        load.seal();
    }

    /** From one slab to another. */
    @Benchmark
    public void open() {
        load.open();
    }
}
