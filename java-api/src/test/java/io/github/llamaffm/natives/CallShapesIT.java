package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each distinct shape of a native call costs about ten milliseconds of start-up, so few are linked before the first token.
 * The JDK makes one hidden class for each of them, in both directions, which its log of loaded classes shows.
 */
class CallShapesIT {

    @Test
    void atMostTenBeforeTheFirstToken(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("classes.txt");
        ChildJvm.of(FirstToken.class)
                .options("-Xlog:class+load:file=" + log)
                .arguments(TestFiles.model())
                .run()
                .assertSilent();

        List<String> classes = Files.readAllLines(log);
        int first = indexOf(classes, FirstToken.Reached.class.getName());
        List<String> stubs = classes.subList(0, first).stream()
                .filter(line -> line.matches(".*jdk\\.internal\\.foreign\\.abi\\.(Down|Up)callStub/0x.*"))
                .toList();
        List<String> functions = classes.subList(0, first).stream()
                .filter(line -> line.contains("LlamaFfm$"))
                .map(line -> line.replaceAll(".*LlamaFfm\\$(\\w+).*", "$1"))
                .toList();
        assertThat(stubs).as("call shapes linked for %s and the loader", functions).hasSizeBetween(2, 10);
        assertThat(functions).contains("lf_decode");
    }

    private static int indexOf(List<String> lines, String text) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i;
            }
        }
        throw new AssertionError("no line with " + text);
    }
}
