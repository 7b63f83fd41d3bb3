package io.github.llamaffm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.Peer;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a load tells the log, for who asks for it. */
class LoadLogIT {
    private static final Pattern METADATA = Pattern.compile("- kv +\\d+: .*");

    /** Long arrays are shown with their first elements: only these are read for it. */
    @Test
    void metadataIsShownAsUpstreamShowsIt() {
        List<String> upstream = metadata(Peer.run("llama-bench", "-m", TestFiles.model(), "-p", 1, "-n", 0, "-r", 1, "-v"));
        ChildJvm.Result ours = ChildJvm.of(Load.class).property("org.slf4j.simpleLogger.defaultLogLevel", "debug")
                .arguments(TestFiles.model()).run();

        ours.assertSilent();
        assertThat(upstream).anyMatch(line -> line.contains("tokenizer.ggml.merges arr[str,48900]") && line.endsWith("..."));
        assertThat(metadata(ours.log())).isEqualTo(upstream);
    }

    private static List<String> metadata(String log) {
        return METADATA.matcher(log).results().map(MatchResult::group).toList();
    }

    /** Loads a model. */
    static final class Load {
        private Load() {
        }

        public static void main(String[] arguments) {
            Model.load(Path.of(arguments[0])).close();
        }
    }
}
