package io.github.llamaffm.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dllamaffm.leaks=true}: what is forgotten is reported with the line that opened it, and nothing else is. */
class ForgottenIT {

    private static final Pattern REPORT = Pattern.compile(
            "\\[(.*)] WARN io.github.llamaffm.leaks - (.*?)(?: \\([0-9,]+ bytes\\))? (was not closed, and .* any more|is still open at .*);"
                    + " it was opened by thread main at (.*)");

    private static final String LOGGER = "io.github.llamaffm.leaks";

    @TempDir
    private Path folder;

    private ChildJvm program(String what, boolean looksForLeaks) {
        return ChildJvm.of(ForgottenProgram.class)
                .arguments(what, folder)
                .property("llamaffm.leaks", looksForLeaks ? "true" : null);
    }

    private static List<Matcher> reports(ChildJvm.Result result) {
        return result.log().lines().map(REPORT::matcher).filter(Matcher::find).toList();
    }

    private static List<String> opened(ChildJvm.Result result) {
        return result.assertSuccess().lines().filter(line -> line.contains("ForgottenProgram.java:")).toList();
    }

    @Test
    void eachKindIsReportedWithTheLineThatOpenedIt() {
        ChildJvm.Result result = program("forget", true).run();

        assertThat(opened(result)).hasSize(13);
        assertThat(reports(result)).allMatch(report -> report.group(3).startsWith("was not closed"))
                .extracting(report -> report.group(2) + " " + report.group(4))
                .containsExactlyInAnyOrderElementsOf(opened(result));
        assertThat(result.log()).as("how much it keeps")
                .containsPattern("a model \\([0-9,]+ bytes\\) was")
                .containsPattern("a context of 256 tokens \\([0-9,]+ bytes\\) was")
                .containsPattern("an embedder \\([0-9,]+ bytes\\) was")
                .containsPattern("a reranker \\([0-9,]+ bytes\\) was");
        assertThat(result.log().lines().filter(line -> line.strip().startsWith("at ")))
                .as("the program's frames come first, and nothing of this library before them")
                .allMatch(line -> !line.contains("jdk.proxy"))
                .filteredOn(line -> line.contains("ForgottenProgram.lambda"))
                .hasSize(13);
    }

    @Test
    void whatIsClosedNeverIs() {
        ChildJvm.Result result = program("close", true).run();

        assertThat(opened(result)).hasSize(13);
        assertThat(result.log()).doesNotContain(LOGGER);
    }

    @Test
    void whatIsOpenAtTheEndIs() {
        ChildJvm.Result result = program("keep", true).run();

        List<String> places = opened(result).stream().limit(3).toList();
        assertThat(reports(result)).allMatch(report -> report.group(3).startsWith("is still open"))
                .extracting(report -> report.group(4))
                .containsExactlyElementsOf(places);
        assertThat(result.stdout()).as("the message of a close that is refused")
                .contains("close what uses it first; opened at " + places.get(1) + "\n");
    }

    @Test
    void nothingIsRecordedUnlessAskedFor() {
        for (String what : List.of("keep", "close")) {
            ChildJvm.Result result = program(what, false).run();
            assertThat(result.log()).doesNotContain(LOGGER);
            assertThat(result.assertSuccess()).doesNotContain("handles true").doesNotContain("; opened at");
        }
    }
}
