package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.endpoint.config.QuickOptions;
import org.wgjvm.endpoint.wg.ConfText;

/** Writes the state of a running interface back to its file: the old file stays whole until the new one is. */
final class SaveConfig {
    private static final Pattern MTU = Pattern.compile("\\bmtu ([0-9]+)");
    private static final Pattern ADDRESS = Pattern.compile("inet6?\\s+([0-9a-f:.]+/[0-9]+)");
    private static final Pattern NAME_SERVER = Pattern.compile("(?m)^nameserver ([a-zA-Z0-9_=+:%.-]+)$");
    private static final String HEAD = "[Interface]\n";

    private final QuickFile file;
    private final Shell shell;

    SaveConfig(QuickFile file, Shell shell) {
        this.file = file;
        this.shell = shell;
    }

    void save(DeviceSnapshot device) throws QuickException {
        final String conf = ConfText.of(device);
        final String text = HEAD + head() + conf.substring(HEAD.length());
        try {
            write(file.path(), text);
        } catch (IOException e) {
            throw new QuickException("cannot save to " + file.path() + ", which stays as it was: " + e.getMessage());
        }
    }

    private String head() throws QuickException {
        final String name = file.interfaceName();
        final QuickOptions options = file.config().quick();
        final StringBuilder out = new StringBuilder();
        final Matcher addresses = ADDRESS.matcher(shell.ask("ip", "-o", "address", "show", "dev", name));
        addresses.results().filter(m -> !m.group(1).startsWith("fe80:") || options.addresses().contains(m.group(1)))
                .forEach(m -> out.append("Address = ").append(m.group(1)).append('\n'));
        final Matcher servers = NAME_SERVER.matcher(new NameServers(name, shell).current());
        servers.results().forEach(m -> out.append("DNS = ").append(m.group(1)).append('\n'));
        if (options.mtu() != null) {
            final Matcher mtu = MTU.matcher(shell.ask("ip", "link", "show", "dev", name));
            if (mtu.find()) {
                out.append("MTU = ").append(mtu.group(1)).append('\n');
            }
        }
        if (options.table() != null) {
            out.append("Table = ").append(options.table()).append('\n');
        }
        out.append("SaveConfig = true\n");
        options.preUp().forEach(h -> out.append("PreUp = ").append(h).append('\n'));
        options.postUp().forEach(h -> out.append("PostUp = ").append(h).append('\n'));
        options.preDown().forEach(h -> out.append("PreDown = ").append(h).append('\n'));
        options.postDown().forEach(h -> out.append("PostDown = ").append(h).append('\n'));
        return out.toString();
    }

    /** Replaces {@code path} by a file with this text, for its owner alone. */
    static void write(Path path, String text) throws IOException {
        final Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try {
            try (FileChannel out = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent())) {
            directory.force(true);
        }
    }
}
