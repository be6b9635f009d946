package org.wgjvm.router.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every committed configuration, numbered from 1, and the candidate of the next: text files in the state directory. */
final class CommitStore {
    private static final Pattern FILE = Pattern.compile("([0-9]{6,9})\\.conf");
    private static final String CANDIDATE = "candidate.conf";

    private final StateDirectory state;
    private final StateDirectory commits;

    CommitStore(StateDirectory state) throws IOException {
        this.state = state;
        commits = state.inside("commits");
    }

    /** The commits, oldest first. */
    List<Commit> list() throws IOException {
        final List<Commit> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(commits.root(), "*.conf")) {
            for (final Path file : files) {
                final Matcher name = FILE.matcher(file.getFileName().toString());
                if (name.matches()) {
                    try (var lines = Files.lines(file)) {
                        final String[] header = lines.findFirst().orElse("").split(" ", 3);
                        final boolean told = header.length >= 2 && header[0].equals("#");
                        found.add(new Commit(
                                Integer.parseInt(name.group(1)), told ? header[1] : "", told && header.length > 2 ? header[2] : ""));
                    }
                }
            }
        }
        found.sort(Comparator.comparingInt(Commit::number));
        return found;
    }

    /** Number of the last commit, or 0. */
    int last() throws IOException {
        final List<Commit> all = list();
        return all.isEmpty() ? 0 : all.getLast().number();
    }

    /** The text of a commit; null when there is none of that number. */
    String read(int number) throws IOException {
        return commits.read(name(number));
    }

    /** Keeps a commit; returns its number. */
    int save(Authority committed, String comment) throws IOException {
        final int number = last() + 1;
        final String header = "# " + Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + comment.replaceAll("\\p{Cntrl}", " ");
        commits.write(name(number), header.stripTrailing() + "\n" + TextWriter.write(committed));
        return number;
    }

    /** The text of the candidate, or null when there is none. */
    String candidate() throws IOException {
        return state.read(CANDIDATE);
    }

    /** Keeps the candidate; null forgets it. */
    void candidate(String text) throws IOException {
        if (text == null) {
            Files.deleteIfExists(state.file(CANDIDATE));
        } else {
            state.write(CANDIDATE, text);
        }
    }

    private static String name(int number) {
        return String.format(Locale.ROOT, "%06d.conf", number);
    }
}
