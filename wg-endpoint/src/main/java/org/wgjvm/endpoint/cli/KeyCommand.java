package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.endpoint.config.ConfigException;
import org.wgjvm.endpoint.config.Values;
import picocli.CommandLine.Command;

/** The three commands that make keys. */
abstract class KeyCommand implements Callable<Integer> {
    private static final int KEY_CHARACTERS = 44;

    final Surroundings around;

    private KeyCommand(Surroundings around) {
        this.around = around;
    }

    /** A secret in a file that everybody may read is worth a warning. */
    final void warnOfOpenFile() {
        final Path out = Path.of("/proc/self/fd/1");
        try {
            if (Files.isRegularFile(out)) {
                final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(out);
                if (permissions.contains(PosixFilePermission.OTHERS_READ) || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                    around.err().println("Warning: writing to world accessible file.\nConsider setting the umask to 077 and trying again.");
                }
            }
        } catch (IOException e) {
            // Then there is nothing to warn of.
        }
    }

    @Command(name = "genkey", description = "Makes a new private key and writes it to standard output.")
    static final class GenKey extends KeyCommand {
        GenKey(Surroundings around) {
            super(around);
        }

        @Override
        public Integer call() {
            warnOfOpenFile();
            around.out().println(PrivateKey.generate(new SecureRandom()::nextBytes).toBase64());
            return 0;
        }
    }

    @Command(name = "genpsk", description = "Makes a new preshared key and writes it to standard output.")
    static final class GenPsk extends KeyCommand {
        GenPsk(Surroundings around) {
            super(around);
        }

        @Override
        public Integer call() {
            warnOfOpenFile();
            around.out().println(PresharedKey.generate(new SecureRandom()::nextBytes).toBase64());
            return 0;
        }
    }

    @Command(name = "pubkey", description = "Reads a private key from standard input and writes its public key to standard output.")
    static final class PubKey extends KeyCommand {
        PubKey(Surroundings around) {
            super(around);
        }

        @Override
        public Integer call() throws IOException, CommandException {
            final String text = new String(around.in().readNBytes(64 * 1024), StandardCharsets.ISO_8859_1);
            if (text.length() < KEY_CHARACTERS) {
                throw new CommandException("Key is not the correct length or format");
            }
            if (!text.substring(KEY_CHARACTERS).chars().allMatch(c -> c == 0 || Character.isWhitespace(c))) {
                throw new CommandException("Trailing characters found after key");
            }
            try {
                around.out().println(Values.privateKey(text.substring(0, KEY_CHARACTERS)).publicKey().toBase64());
            } catch (ConfigException e) {
                throw new CommandException("Key is not the correct length or format");
            }
            return 0;
        }
    }
}
