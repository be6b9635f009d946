package org.wgjvm.router.config;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.List;
import java.util.function.Consumer;

/**
 * The configuration of an authority: what is running, the candidate that is to replace it, and every version there was. Thread-safe; a
 * commit
 * is seen whole, and survives a crash once it has been reported.
 *
 * <pre>{@code
 * Configuration configuration = new Configuration(new StateDirectory(path), CommitSurroundings.NONE);
 * configuration.replace(reader);
 * CommitReport report = configuration.commit("first");
 * }</pre>
 */
public final class Configuration {
    private final CommitStore store;
    private final CommitSurroundings around;
    private Authority running = Authority.EMPTY;
    private ConfigNode candidate;
    private Consumer<Authority> follower = committed -> {};

    /** Takes up what is in the state directory. */
    public Configuration(StateDirectory state, CommitSurroundings around) throws IOException, ConfigException {
        this.store = new CommitStore(state);
        this.around = around;
        final int last = store.last();
        if (last > 0) {
            running = ModelReader.read(TextReader.read(store.read(last))).authority();
        }
        final String text = store.candidate();
        candidate = text == null ? treeOf(running) : TextReader.read(text);
    }

    /** The only errors a text can have by itself: of its structure and of its values. Reads no state and changes none. */
    public static CommitReport check(Reader text) throws IOException, ConfigException {
        return new Compiler(Authority.EMPTY, CommitSurroundings.NONE).compile(TextReader.read(text));
    }

    /** The text form of a model, preshared keys included. */
    public static String textOf(Authority authority) {
        return TextWriter.write(authority);
    }

    /** Tells {@code newFollower} of every commit from now on, within the commit and in its thread. */
    public synchronized void follow(Consumer<Authority> newFollower) {
        follower = newFollower;
    }

    /** What is in effect, generated elements included. */
    public synchronized Authority running() {
        return running;
    }

    /** Makes the text the candidate. */
    public synchronized void replace(Reader text) throws IOException, ConfigException {
        keep(TextReader.read(text));
    }

    /** Lays the text over the candidate: values replace, lists add up, blocks continue. */
    public synchronized void merge(Reader text) throws IOException, ConfigException {
        final ConfigNode addition = TextReader.read(text);
        candidate.merge(addition);
        keep(candidate);
    }

    /** Forgets the candidate: the next one begins with what is running. */
    public synchronized void discard() throws IOException {
        candidate = treeOf(running);
        store.candidate(null);
    }

    private void keep(ConfigNode next) throws IOException {
        candidate = next;
        store.candidate(TreeWriter.write(next));
    }

    /** What a commit of the candidate would report. Changes nothing. */
    public synchronized CommitReport validate() {
        return new Compiler(running, around).compile(candidate);
    }

    /** Commits the candidate as far as it is right. Nothing is committed, and the number is 0, when nothing would change. */
    public synchronized CommitReport commit(String comment) throws IOException {
        final CommitReport report = validate();
        if (report.committed().equals(running)) {
            if (report.isClean()) {
                discard();
            }
            return report;
        }
        final int number = store.save(report.committed(), comment);
        running = report.committed();
        if (report.isClean()) {
            discard();
        }
        follower.accept(running);
        return new CommitReport(number, running, report.rejected(), report.errors(), report.warnings());
    }

    /** What the candidate would change, as lines with {@code +} and {@code -}; empty for nothing. Values that are wrong are left out. */
    public synchronized String compare() {
        return Difference.between(Generator.strip(running), Generator.strip(ModelReader.read(candidate).authority()));
    }

    /** What has changed from one version to another. */
    public synchronized String compare(int from, int to) throws IOException, ConfigException {
        return Difference.between(Generator.strip(version(from)), Generator.strip(version(to)));
    }

    /** Commits version {@code number} again, as a new version. The candidate is forgotten. */
    public synchronized CommitReport rollback(int number) throws IOException, ConfigException {
        keep(treeOf(version(number)));
        return commit("rollback " + number);
    }

    /** The text of a version, or of what is running for 0; preshared keys included. */
    public synchronized String export(int number) throws IOException, ConfigException {
        return TextWriter.write(number == 0 ? running : version(number));
    }

    /** The versions, oldest first. */
    public synchronized List<Commit> history() throws IOException {
        return store.list();
    }

    private Authority version(int number) throws IOException, ConfigException {
        final String text = store.read(number);
        if (text == null) {
            throw new ConfigException(new ConfigError(0, ConfigError.Path.TOP, Integer.toString(number), "there is no such version"));
        }
        return ModelReader.read(TextReader.read(text)).authority();
    }

    private static ConfigNode treeOf(Authority authority) {
        try {
            return TextReader.read(new StringReader(TextWriter.write(Generator.strip(authority))));
        } catch (IOException | ConfigException e) {
            throw new IllegalStateException("a configuration as written cannot be read", e);
        }
    }
}
