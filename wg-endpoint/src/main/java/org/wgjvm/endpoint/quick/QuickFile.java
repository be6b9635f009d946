package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.ConfigParser;
import org.wgjvm.endpoint.config.Reason;
import org.wgjvm.endpoint.config.WgConfig;

/**
 * A file for {@code wg-quick}, whose name is the interface's.
 *
 * @param path the file, links resolved
 * @param interfaceName from its name
 * @param config what it says
 */
public record QuickFile(Path path, String interfaceName, WgConfig config) {
    private static final String SUFFIX = ".conf";

    /** Whether {@code name} can be an interface's: 1 to 15 of the characters that {@code wg-quick} allows. */
    public static boolean isInterfaceName(String name) {
        return !name.isEmpty()
                && name.length() <= 15
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c) || "_=+.-".indexOf(c) >= 0);
    }

    /** Finds and reads a file, or {@code directory/NAME.conf} when {@code name} is an interface's; warns of one that everybody may read. */
    public static QuickFile find(String name, Path directory, PrintStream err) throws ConfigException {
        final Path path = isInterfaceName(name) ? directory.resolve(name + SUFFIX) : Path.of(name);
        final String file = path.getFileName() == null ? "" : path.getFileName().toString();
        if (!Files.exists(path)) {
            throw new ConfigException(path.toString(), 0, null, null, Reason.NOT_READABLE, "No such file");
        }
        final String interfaceName = file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : "";
        if (!isInterfaceName(interfaceName)) {
            throw new ConfigException(path.toString(), 0, null, null, Reason.BAD_INTERFACE_NAME, file);
        }
        try {
            final Path real = path.toRealPath();
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
            permissions.retainAll(Files.getPosixFilePermissions(real.getParent()));
            if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
                err.println("Warning: `" + real + "' is world accessible");
            }
            return new QuickFile(real, interfaceName, ConfigParser.readQuick(real));
        } catch (IOException e) {
            throw new ConfigException(path.toString(), 0, null, null, Reason.NOT_READABLE, e.getMessage());
        }
    }
}
