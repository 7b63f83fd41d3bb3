package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about native calls names every function that Java calls, no other one, and every one that is not guarded. */
class NativeCallsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern CALL = Pattern.compile("LlamaFfm(?:\\.|::)((?:lf|llama|ggml|gguf|mtmd)_\\w+)");
    private static final Pattern CALL_BY_NAME = Pattern.compile("\"(lf_\\w+)\"");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|([^|]*)\\|");
    private static final Pattern DECLARATION = Pattern.compile("LF_API [^;(]*?\\b(lf_\\w+)\\(");
    /** chat.cpp guards in one place what answers text with text. */
    private static final Pattern GUARD = Pattern.compile("(?:guard|answer)\\(\"(lf_\\w+)\"");

    @Test
    void thePageNamesEveryFunctionThatIsCalled() throws IOException {
        Set<String> called = groups(CALL, read(ROOT.resolve("java-api/src/main/java"), ".java"));
        called.addAll(groups(CALL_BY_NAME, read(ROOT.resolve("bindings/src/main/java"), ".java")));
        assertThat(called).as("calls were found").contains("lf_decode", "lf_init", "llama_n_ctx");

        assertThat(rows().keySet()).isEqualTo(called);
    }

    /** What is not guarded must say why; what llama.cpp offers is called directly where nothing in it can fail. */
    @Test
    void thePageSaysWhatIsNotGuarded() throws IOException {
        String shim = read(ROOT.resolve("native/shim"), ".cpp");
        Set<String> guarded = groups(GUARD, shim);
        Set<String> declared = groups(DECLARATION, Files.readString(ROOT.resolve("native/shim/llamaffm.h")));
        assertThat(declared).as("declarations were found").contains("lf_decode", "lf_last_error");

        Map<String, String> rows = rows();
        for (String function : declared) {
            if (rows.containsKey(function)) {
                assertThat(rows.get(function)).as(function).startsWith(guarded.contains(function) ? "yes" : "no: ");
            }
        }
    }

    /** The first two columns of each row that begins with a function. */
    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        ROW.matcher(Files.readString(ROOT.resolve("docs/safety/native-calls.md"))).results()
                .forEach(row -> assertThat(rows.put(row.group(1), row.group(2).strip())).as("a second row of " + row.group(1)).isNull());
        return rows;
    }

    private static Set<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(Path folder, String end) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(end)).sorted().toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
