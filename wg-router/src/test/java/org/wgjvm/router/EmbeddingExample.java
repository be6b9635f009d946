package org.wgjvm.router;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wgjvm.router.config.CommitReport;
import org.wgjvm.router.plane.InterfaceId;
import org.wgjvm.router.profile.RouterListener;
import org.wgjvm.router.profile.RunningRouter;
import org.wgjvm.tun.MemoryPort;

/** The example of docs/router.md: a router in a program of one's own. */
final class EmbeddingExample {
    private EmbeddingExample() {}

    static CommitReport embed(Path state, Path file, MemoryPort port) throws Exception {
        // begin
        try (RunningRouter r1 = RunningRouter.start("r1", state, RouterListener.SILENT);
                Reader text = Files.newBufferedReader(file)) {
            r1.plane().attach(new InterfaceId("node1", "lan-net"), port);  // your threads offer and take packets
            r1.configuration().replace(text);
            CommitReport report = r1.configuration().commit("first");
            report.errors().forEach(System.err::println);                  // by line, path and reason
            System.out.println(r1.publicKey("wg-profile-1"));              // for the peers
            return report;
        }
        // end
    }
}
