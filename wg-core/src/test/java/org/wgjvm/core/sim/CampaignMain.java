package org.wgjvm.core.sim;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** {@code bin/sim}: lives the lives of many seeds, and prints counts; or one, with its log. */
public final class CampaignMain {
    private static final int PROGRESS_EVERY = 500;

    private final AtomicLong next;
    private final long end;
    private final long beganNs = System.nanoTime();
    private long done;
    private long failed;
    private long steps;
    private long datagrams;
    private long delivered;
    private long offered;
    private long sealed;
    private long keys;
    private double virtualHours;
    private double slowestSeconds;

    private CampaignMain(long from, long count) {
        next = new AtomicLong(from);
        end = from + count;
    }

    /** Arguments: {@code [--seeds N] [--from SEED] [--jobs N]} or {@code --seed S}. Exit code 1 when any seed failed. */
    public static void main(String[] args) throws InterruptedException {
        long seeds = 10_000;
        long from = 1;
        int jobs = 1;
        boolean single = false;
        for (int i = 0; i < args.length; i++) {
            final long value = i + 1 < args.length ? number(args[i + 1]) : usage();
            switch (args[i++]) {
                case "--seeds" -> seeds = value;
                case "--from" -> from = value;
                case "--jobs" -> jobs = (int) value;
                case "--seed" -> {
                    single = true;
                    from = value;
                }
                default -> usage();
            }
        }
        if (single) {
            System.out.println(SimulationCampaign.run(from, true));
            return;
        }
        final CampaignMain campaign = new CampaignMain(from, seeds);
        try (ExecutorService workers = Executors.newFixedThreadPool(jobs)) {
            for (int i = 0; i < jobs; i++) {
                workers.execute(campaign::work);
            }
            workers.shutdown();
            if (!workers.awaitTermination(1, TimeUnit.DAYS)) {
                throw new IllegalStateException("not done within a day");
            }
        }
        campaign.report();
        System.exit(campaign.failed == 0 ? 0 : 1);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return usage();
        }
    }

    private static long usage() {
        System.err.println("usage: sim [--seeds N] [--from SEED] [--jobs N] | --seed S");
        System.exit(2);
        return 0;
    }

    private void work() {
        for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            SimulationCampaign.Outcome outcome = null;
            Throwable failure = null;
            try {
                outcome = SimulationCampaign.run(seed, false);
            } catch (AssertionError | RuntimeException e) {
                failure = replay(seed, e);
            }
            count(seed, outcome, failure);
        }
    }

    /** Once more, this time with the log. */
    private static Throwable replay(long seed, Throwable first) {
        try {
            SimulationCampaign.run(seed, true);
            return new AssertionError("seed " + seed + " fails, and does not when it is replayed: chance from elsewhere", first);
        } catch (AssertionError | RuntimeException e) {
            return e;
        }
    }

    private synchronized void count(long seed, SimulationCampaign.Outcome o, Throwable failure) {
        done++;
        if (failure != null) {
            failed++;
            System.out.println("FAILED seed " + seed + ": replay it with --seed " + seed);
            failure.printStackTrace(System.out);
        } else {
            steps += o.steps();
            datagrams += o.datagrams();
            offered += o.offered();
            delivered += o.delivered();
            sealed += o.sealed();
            keys += o.keys();
            virtualHours += o.virtualNs() / 3.6e12;
            slowestSeconds = Math.max(slowestSeconds, o.recoveryNs() / 1e9);
        }
        if (done % PROGRESS_EVERY == 0) {
            report();
        }
    }

    private void report() {
        System.out.printf(
                "%d seeds, %d failed; %.0f h of protocol time in %.0f s; %,d events, %,d datagrams, %,d of %,d packets delivered, "
                        + "%,d messages sealed under %,d keys; slowest recovery %.0f s%n",
                done, failed, virtualHours, (System.nanoTime() - beganNs) / 1e9, steps, datagrams, delivered, offered, sealed, keys,
                slowestSeconds);
    }
}
