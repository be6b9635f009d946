package org.wgjvm.endpoint.top;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.wgjvm.sys.Terminal;

/** {@code wg-jvm top} from its first sample to its end. Of one thread, but for the one that reads keys. */
public final class TopSession {
    private static final String ALTERNATE_SCREEN = "\u001b[?1049h\u001b[?25l";
    private static final String NORMAL_SCREEN = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";

    /** How often it is looked whether the terminal has another size. */
    private static final long LOOK_NS = 200_000_000;

    private static final int PLAIN_COLUMNS = 180;
    private static final int END_OF_KEYS = -1;
    private static final int UP = 'A' << 8;
    private static final int DOWN = 'B' << 8;

    private final SampleSource source;
    private final TopModel model = new TopModel();
    private final long intervalNs;
    private final boolean colour;
    private final boolean unicode;
    private TopOrder order = TopOrder.RECEIVED;
    private boolean reversed;
    private int first;

    /**
     * A session over the daemons in one directory.
     *
     * @param only the interfaces to show; none means all
     * @param unicode whether the terminal shows more than ASCII
     */
    public TopSession(
            Path sockets, Path configurations, List<String> only, long intervalNs, boolean colour, boolean unicode) {
        source = new SampleSource(sockets, configurations, only);
        this.intervalNs = intervalNs;
        this.colour = colour;
        this.unicode = unicode;
    }

    /** Two samples, an interval apart, and one table. */
    public void once(PrintStream out) throws IOException, InterruptedException {
        model.update(source.read(), System.nanoTime());
        TimeUnit.NANOSECONDS.sleep(intervalNs);
        model.update(source.read(), System.nanoTime());
        final TopScreen screen = new TopScreen(PLAIN_COLUMNS, colour, unicode);
        final long nowSeconds = System.currentTimeMillis() / 1000;
        out.println(screen.summary(model.rows(), nowSeconds, model.dropRates()).stripTrailing());
        out.println(screen.titles().stripTrailing());
        model.rows().stream()
                .sorted(order.comparator(reversed))
                .forEach(row -> out.println(screen.line(row, nowSeconds).stripTrailing()));
    }

    /** Shows and refreshes the table until {@code q} is pressed or the keys end. */
    public void run(InputStream keyboard, PrintStream out, Supplier<Terminal.Size> size) throws IOException, InterruptedException {
        final LinkedBlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().name("keys").start(() -> readKeys(keyboard, keys));
        out.print(ALTERNATE_SCREEN);
        try {
            boolean more = true;
            long dueNs = System.nanoTime();
            while (more) {
                final long nowNs = System.nanoTime();
                if (nowNs - dueNs >= 0) {
                    model.update(source.read(), nowNs);
                    dueNs = Math.max(dueNs + intervalNs, nowNs);
                }
                final Terminal.Size shown = sizeOr(size);
                draw(out, shown);
                more = waitForKey(keys, size, shown, dueNs);
            }
        } finally {
            out.print(NORMAL_SCREEN);
            out.flush();
        }
    }

    private static Terminal.Size sizeOr(Supplier<Terminal.Size> size) {
        final Terminal.Size known = size.get();
        return known == null ? new Terminal.Size(80, 24) : known;
    }

    /** Until a key, the next sample, or another size. False when that is the end. */
    private boolean waitForKey(
            LinkedBlockingQueue<Integer> keys, Supplier<Terminal.Size> size, Terminal.Size shown, long dueNs) throws InterruptedException {
        while (System.nanoTime() - dueNs < 0) {
            final Integer key = keys.poll(Math.min(LOOK_NS, Math.max(0, dueNs - System.nanoTime())), TimeUnit.NANOSECONDS);
            if (key != null) {
                return key(key, shown.rows());
            }
            if (!sizeOr(size).equals(shown)) {
                return true;
            }
        }
        return true;
    }

    private boolean key(int key, int rows) {
        final TopOrder chosen = TopOrder.of(key);
        if (chosen != null) {
            reversed = chosen == order && !reversed;
            order = chosen;
            return true;
        }
        switch (key) {
            case 'q', 'Q', Terminal.CTRL_C, END_OF_KEYS -> {
                return false;
            }
            case DOWN, 'j' -> first++;
            case UP, 'k' -> first--;
            case ' ' -> first += rows - 3;
            case 'b' -> first -= rows - 3;
            default -> { }
        }
        return true;
    }

    private static void readKeys(InputStream keyboard, LinkedBlockingQueue<Integer> keys) {
        try {
            int key = keyboard.read();
            while (key >= 0) {
                // An arrow is ESC [ and a letter.
                if (key == 27 && keyboard.read() == '[') {
                    key = keyboard.read() << 8;
                }
                keys.add(key);
                key = keyboard.read();
            }
        } catch (IOException e) {
            // As the end of the keys.
        }
        keys.add(END_OF_KEYS);
    }

    private void draw(PrintStream out, Terminal.Size size) {
        final long nowSeconds = System.currentTimeMillis() / 1000;
        final TopScreen screen = new TopScreen(size.columns(), colour, unicode);
        final List<TopRow> rows = model.rows().stream().sorted(order.comparator(reversed)).toList();
        final int room = Math.max(0, size.rows() - 3);
        first = Math.clamp(first, 0, Math.max(0, rows.size() - room));
        final StringBuilder text = new StringBuilder(HOME);
        line(text, screen.summary(rows, nowSeconds, model.dropRates()));
        line(text, screen.titles());
        rows.stream().skip(first).limit(room).forEach(row -> line(text, screen.line(row, nowSeconds)));
        if (rows.isEmpty()) {
            line(text, "no peers: is a daemon running, and are you root?".substring(0, Math.min(48, size.columns())));
        }
        text.append(REST_OF_SCREEN);
        if (size.rows() > 3) {
            text.append("\u001b[").append(size.rows()).append(";1H").append(help(size.columns())).append(REST_OF_LINE);
        }
        out.print(text);
        out.flush();
    }

    private String help(int columns) {
        final String keys = String.join(" ", Arrays.stream(TopOrder.values()).map(o -> o.key + " " + o.label).toList());
        final String help = "order: " + order.label + (reversed ? ", reversed" : "") + "   keys: " + keys + " q quit";
        return help.substring(0, Math.min(help.length(), Math.max(0, columns - 1)));
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append(REST_OF_LINE).append("\r\n");
    }

    /** Whether the environment says that the terminal shows UTF-8. */
    public static boolean unicode(Map<String, String> environment) {
        for (final String variable : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
            final String value = environment.getOrDefault(variable, "");
            if (!value.isEmpty()) {
                return value.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8");
            }
        }
        return false;
    }
}
