package org.wgjvm.hub.state;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.eclipse.jgit.api.AddCommand;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.LogCommand;
import org.eclipse.jgit.api.StatusCommand;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The history of the desired state, in a git repository around its files, which any git can read. It follows the files: they count, and
 * what a crash kept from being committed is committed at the next start. Thread-safe; the work is done on a thread of its own, a few
 * changes at a time when there are many.
 */
public final class History implements AutoCloseable {
    private static final long GATHER_MS = 100;
    private static final int MOST_IN_A_SUBJECT = 3;
    private static final int MOST_PATHS = 100;
    private static final PersonIdent AUTHOR = new PersonIdent("wg-hub", "wg-hub@localhost");

    private final Git git;
    private final BiConsumer<String, Exception> onTrouble;
    private final ScheduledExecutorService thread;
    private final List<Change> waiting = new ArrayList<>();

    /**
     * What changed when.
     *
     * @param id the commit, in full
     * @param at when
     * @param message what
     */
    public record Entry(String id, Instant at, String message) {}

    /** What has changed, and of which port; null for perhaps any. */
    private record Change(String what, String portId) {}

    private History(Git git, BiConsumer<String, Exception> onTrouble) {
        this.git = git;
        this.onTrouble = onTrouble;
        thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("hub-history").factory());
    }

    /** Opens the history of a directory, and begins it if there is none. */
    public static History open(Path directory, BiConsumer<String, Exception> onTrouble) throws IOException {
        AtomicFile.directory(directory);
        try {
            final Path dotGit = directory.resolve(Constants.DOT_GIT);
            // A process that is killed in a commit leaves locks; nobody else writes here: the state directory has a lock of its own.
            for (final String lock : List.of("index.lock", "HEAD.lock", "refs/heads/main.lock", "config.lock")) {
                Files.deleteIfExists(dotGit.resolve(lock));
            }
            final boolean fresh = !Files.exists(dotGit.resolve("HEAD"));
            final Git git = fresh
                    ? Git.init().setDirectory(directory.toFile()).setInitialBranch("main").call()
                    : Git.open(directory.toFile());
            final History history = new History(git, onTrouble);
            history.changed("as found at the start", null);
            return history;
        } catch (GitAPIException e) {
            throw new IOException(directory + ": " + e.getMessage(), e);
        }
    }

    /** The file of a port has changed, or, with null, perhaps any; {@code what} will be in the message. */
    public void changed(String what, String portId) {
        synchronized (waiting) {
            waiting.add(new Change(what, portId));
            if (waiting.size() > 1) {
                return;
            }
        }
        thread.schedule(this::commit, GATHER_MS, TimeUnit.MILLISECONDS);
    }

    private void commit() {
        final List<Change> changes;
        synchronized (waiting) {
            changes = List.copyOf(waiting);
            waiting.clear();
        }
        final List<String> all = changes.stream().map(Change::what).toList();
        try {
            if (!stage(paths(changes))) {
                return;
            }
            final String subject = all.size() <= MOST_IN_A_SUBJECT ? String.join(", ", all) : all.size() + " changes";
            final String message = all.size() <= MOST_IN_A_SUBJECT ? subject : subject + "\n\n" + String.join("\n", all);
            final PersonIdent now = new PersonIdent(AUTHOR, Instant.now());
            git.commit().setMessage(message + "\n").setAuthor(now).setCommitter(now).setSign(false).setNoVerify(true).call();
        } catch (GitAPIException | RuntimeException e) {
            onTrouble.accept("the history was not written", e);
        }
    }

    /** The files that may have changed; of very many changes the directory of all. */
    private static Set<String> paths(List<Change> changes) {
        final boolean few = changes.size() <= MOST_PATHS && changes.stream().noneMatch(c -> c.portId() == null);
        return few ? changes.stream().map(c -> PortStore.path(c.portId())).collect(Collectors.toCollection(TreeSet::new)) : Set.of("ports");
    }

    /** Brings files as they are into the index; returns whether that is another state than the last commit's. */
    private boolean stage(Set<String> paths) throws GitAPIException {
        final AddCommand changed = git.add();
        final AddCommand gone = git.add().setUpdate(true);
        final StatusCommand status = git.status();
        for (final String path : paths) {
            changed.addFilepattern(path);
            gone.addFilepattern(path);
            status.addPath(path);
        }
        changed.call();
        gone.call();
        return !status.call().isClean();
    }

    /** The newest changes first; of one port, or, with null, of all. */
    public List<Entry> log(String portId, int most) throws IOException {
        final List<Entry> entries = new ArrayList<>();
        if (git.getRepository().resolve(Constants.HEAD) == null) {
            return entries;
        }
        try {
            final LogCommand log = git.log().setMaxCount(most);
            if (portId != null) {
                log.addPath(PortStore.path(portId));
            }
            for (final RevCommit commit : log.call()) {
                entries.add(new Entry(commit.getName(), Instant.ofEpochSecond(commit.getCommitTime()), commit.getFullMessage().strip()));
            }
            return entries;
        } catch (GitAPIException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** What a commit changed, as a patch; null when there is no such commit. */
    public String diff(String commit) throws IOException {
        final Repository repository = git.getRepository();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RevWalk walk = new RevWalk(repository); DiffFormatter formatter = new DiffFormatter(out)) {
            final RevCommit found = find(walk, commit);
            if (found == null) {
                return null;
            }
            formatter.setRepository(repository);
            final RevCommit parent = found.getParentCount() == 0 ? null : walk.parseCommit(found.getParent(0));
            formatter.format(parent == null ? null : parent.getTree(), found.getTree());
            formatter.flush();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** A port's file as it was after a commit; null when the commit or the file did not exist. */
    public String text(String portId, String commit) throws IOException {
        final Repository repository = git.getRepository();
        try (RevWalk walk = new RevWalk(repository)) {
            final RevCommit found = find(walk, commit);
            if (found == null) {
                return null;
            }
            try (TreeWalk file = TreeWalk.forPath(repository, PortStore.path(portId), found.getTree())) {
                return file == null ? null : new String(repository.open(file.getObjectId(0)).getBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private RevCommit find(RevWalk walk, String commit) throws IOException {
        if (!commit.matches("[0-9a-f]{4,40}")) {
            return null;
        }
        final ObjectId id = git.getRepository().resolve(commit + "^{commit}");
        return id == null ? null : walk.parseCommit(id);
    }

    /** Commits what waits. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        git.close();
    }
}
