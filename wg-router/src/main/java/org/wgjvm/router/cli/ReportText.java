package org.wgjvm.router.cli;

import java.util.TreeSet;
import org.wgjvm.router.config.CommitReport;

/** What came of a validation or a commit, for people; and the exit code of it. */
final class ReportText {
    /** Everything was right. */
    static final int RIGHT = 0;

    /** Nothing was committed, for an error. */
    static final int WRONG = 1;

    /** Something was committed, but some routers keep what they had, for an error of theirs. */
    static final int PARTLY = 2;

    private ReportText() {}

    /** Prints errors and warnings. */
    static void print(CommitReport report, Context to) {
        report.errors().forEach(error -> to.err().println("error: " + error));
        report.warnings().forEach(warning -> to.err().println("warning: " + warning));
    }

    /** Prints everything of a commit; returns the exit code. */
    static int printCommit(CommitReport report, Context to) {
        print(report, to);
        if (!report.rejected().isEmpty()) {
            to.err().println("not committed: " + String.join(", ", new TreeSet<>(report.rejected())) + " (in force as before)");
        }
        if (report.number() > 0) {
            to.out().println("committed version " + report.number());
            return report.isClean() ? RIGHT : PARTLY;
        }
        to.out().println(report.isClean() ? "nothing to commit" : "nothing committed");
        return report.isClean() ? RIGHT : WRONG;
    }
}
