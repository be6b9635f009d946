package org.wgjvm.dataplane.page;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;

/** A headless Chromium with one page, driven over its own protocol (CDP), for the tests of pages of the modules on top. */
public final class Browser implements AutoCloseable, WebSocket.Listener {
    private static final long PATIENCE_NS = 60_000_000_000L;

    /** Of the quiet zone of 16 pixels; in the corners one sees what is behind. */
    private static final int ROUNDED_CORNER = 7;

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final StringBuilder partial = new StringBuilder();
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();

    /** What the page complained of: exceptions, errors of the console, and what its security policy refused. */
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /** Starts it; {@code directory} is its own, and it may still write there when it was killed. */
    public Browser(Path directory) throws Exception {
        process = new ProcessBuilder(
                Programs.need("chromium", "apt-get install chromium").toString(),
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                "--hide-scrollbars", "--remote-debugging-port=0", "--user-data-dir=" + directory.resolve("profile"), "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("chromium.log").toFile())
                .start();
        final Path portFile = directory.resolve("profile/DevToolsActivePort");
        await("chromium starts", () -> Files.exists(portFile) && Files.readAllLines(portFile).size() >= 2);
        final String port = Files.readAllLines(portFile).getFirst();
        final String targets = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json")).build(),
                HttpResponse.BodyHandlers.ofString()).body();
        final JsonArray pages = JsonParser.parseString(targets).getAsJsonArray();
        String address = null;
        for (final JsonElement page : pages) {
            if (page.getAsJsonObject().get("type").getAsString().equals("page")) {
                address = page.getAsJsonObject().get("webSocketDebuggerUrl").getAsString();
            }
        }
        socket = client.newWebSocketBuilder().buildAsync(URI.create(address), this).get(30, TimeUnit.SECONDS);
        for (final String domain : List.of("Page", "Runtime", "Log")) {
            call(domain + ".enable", new JsonObject());
        }
    }

    /** A condition that is awaited. */
    public interface Condition {
        /** Whether it holds now. */
        boolean holds() throws Exception;
    }

    /** What the page complained of so far. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Waits until a condition holds. */
    public static void await(String what, Condition condition) throws Exception {
        final long endNs = System.nanoTime() + PATIENCE_NS;
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < endNs, "waited in vain: " + what);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private JsonObject call(String method, JsonObject parameters) throws Exception {
        final JsonObject message = new JsonObject();
        final int id = ids.incrementAndGet();
        message.addProperty("id", id);
        message.addProperty("method", method);
        message.add("params", parameters);
        final CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        socket.sendText(message.toString(), true).get(30, TimeUnit.SECONDS);
        final JsonObject result = answer.get(60, TimeUnit.SECONDS);
        if (result.has("error")) {
            throw new IOException(method + ": " + result.get("error"));
        }
        return result.getAsJsonObject("result");
    }

    /** The size of the window in pixels, and {@code light} or {@code dark}. */
    public void size(int width, int height, String scheme) throws Exception {
        final JsonObject metrics = new JsonObject();
        metrics.addProperty("width", width);
        metrics.addProperty("height", height);
        metrics.addProperty("deviceScaleFactor", 1);
        metrics.addProperty("mobile", false);
        call("Emulation.setDeviceMetricsOverride", metrics);
        final JsonObject feature = new JsonObject();
        feature.addProperty("name", "prefers-color-scheme");
        feature.addProperty("value", scheme);
        final JsonArray features = new JsonArray();
        features.add(feature);
        final JsonObject media = new JsonObject();
        media.add("features", features);
        call("Emulation.setEmulatedMedia", media);
    }

    /** Goes to an address. */
    public void open(String address) throws Exception {
        final JsonObject to = new JsonObject();
        to.addProperty("url", address);
        call("Page.navigate", to);
    }

    /** The value of an expression, awaited if it is a promise; as JSON. */
    public JsonElement value(String expression) throws Exception {
        final JsonObject parameters = new JsonObject();
        parameters.addProperty("expression", expression);
        parameters.addProperty("returnByValue", true);
        parameters.addProperty("awaitPromise", true);
        final JsonObject result = call("Runtime.evaluate", parameters);
        if (result.has("exceptionDetails")) {
            throw new IOException(expression + ": " + result.get("exceptionDetails"));
        }
        return result.getAsJsonObject("result").get("value");
    }

    /** The text of an element; empty when there is none. */
    public String text(String selector) throws Exception {
        final JsonElement text = value("document.querySelector('" + selector + "')?.textContent ?? null");
        return text == null || text.isJsonNull() ? "" : text.getAsString();
    }

    /** Whether an expression is true. */
    public boolean holds(String expression) throws Exception {
        final JsonElement value = value("!!(" + expression + ")");
        return value.getAsBoolean();
    }

    /** How many elements there are. */
    public int count(String selector) throws Exception {
        return value("document.querySelectorAll('" + selector + "').length").getAsInt();
    }

    /** Clicks an element. */
    public void click(String selector) throws Exception {
        value("document.querySelector('" + selector + "').click()");
    }

    /** Where an element is drawn, in pixels of the screen. */
    private Rectangle rectangle(String selector) throws Exception {
        final JsonArray sides = value("(r => [r.x, r.y, r.width, r.height].map(Math.round))(document.querySelector('"
                + selector + "').getBoundingClientRect())").getAsJsonArray();
        return new Rectangle(sides.get(0).getAsInt(), sides.get(1).getAsInt(), sides.get(2).getAsInt(), sides.get(3).getAsInt());
    }

    /** Writes what is on the screen into a file. */
    public void screenshot(Path file) throws Exception {
        final JsonObject parameters = new JsonObject();
        parameters.addProperty("format", "png");
        Files.write(file, Base64.getDecoder().decode(call("Page.captureScreenshot", parameters).get("data").getAsString()));
    }

    /**
     * What is read from the QR code that is on the screen where an element is, or null. The screenshot goes into a file.
     *
     * <p>The reader is told where the code is: of a hundred faultless codes of random keys, its own search misses one.
     */
    public String qrCode(String selector, Path shot) throws Exception {
        screenshot(shot);
        final Rectangle code = rectangle(selector);
        final BufferedImage image;
        try (var in = Files.newInputStream(shot)) {
            image = ImageIO.read(in);
        }
        assertTrue(new Rectangle(image.getWidth(), image.getHeight()).contains(code), code + " is on the screen");
        code.grow(-ROUNDED_CORNER, -ROUNDED_CORNER);
        final int[] pixels = image.getRGB(code.x, code.y, code.width, code.height, null, 0, code.width);
        try {
            return new QRCodeReader()
                    .decode(
                            new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(code.width, code.height, pixels))),
                            Map.of(DecodeHintType.PURE_BARCODE, true))
                    .getText();
        } catch (ReaderException e) {
            return null;
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            take(JsonParser.parseString(partial.toString()).getAsJsonObject());
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    private void take(JsonObject message) {
        if (message.has("id")) {
            waiting.remove(message.get("id").getAsInt()).complete(message);
            return;
        }
        final String method = message.get("method").getAsString();
        final String text = message.get("params").toString();
        final boolean error = method.equals("Runtime.exceptionThrown")
                || (method.equals("Runtime.consoleAPICalled") || method.equals("Log.entryAdded")) && text.contains("\"error\"");
        if (error) {
            complaints.add(text);
        }
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
        client.close();
    }
}
