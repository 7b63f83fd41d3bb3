package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.llamaffm.scripts.Checkout.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ci/upgrade/report} on two tiny releases of llama.cpp, read by the real libclang. */
class UpgradeReportIT {

    private static String report;

    @BeforeAll
    static void compare(@TempDir Path folder) {
        Checkout checkout = TinyRelease.checkout(folder);
        Path old = TinyRelease.before(folder.resolve("old")).root();
        Path now = TinyRelease.after(folder.resolve("new")).root();
        Run run = checkout.run("ci/upgrade/report",
                "--old", old.toString(), "--old-name", "v1", "--old-commands", TinyRelease.commands(old, checkout).toString(),
                "--new", now.toString(), "--new-name", "v2", "--new-commands", TinyRelease.commands(now, checkout).toString());
        assumeFalse(run.err().contains("no libclang. Routes tried:"), run.err());
        assertThat(run.status()).as(run.err()).isZero();
        report = run.out();
    }

    @Test
    void countsByKindAndTellsWhatIsBound() {
        assertThat(report)
                .startsWith("# llama.cpp v1 to v2\n")
                .contains("| function | 4 (0) | 1 (1) | 3 (2) | 4 of 9 |")
                .contains("| struct | 1 (0) |  | 1 (1) | 1 of 3 |")
                .contains("| constant | 1 (0) |  | 1 (1) | 2 of 3 |");
    }

    @Test
    void namesWhatTheAllowListHasTooMuch() {
        assertThat(section("### Gone, and bound")).contains("```\n--include-function llama_gone\n```");
    }

    @Test
    void namesWhatTheAllowListMisses() {
        assertThat(section("### New"))
                .contains("| `bool llama_fresh(struct llama_pair pair)` | `llama.h` |  |")
                .contains("| `struct llama_pair: 8 bytes, aligned to 4; int32_t a; int32_t b` | `llama.h` |  |")
                .contains("| `void llama_log_to(FILE * file)` | `llama.h` | takes a FILE * |")
                .contains("| `void llama_old_way(void)` | `llama.h` | deprecated |")
                .contains("--include-struct llama_pair\n")
                .doesNotContain("--include-function llama_old_way");
    }

    @Test
    void tellsEachChangeOfSignatureLayoutAndValue() {
        assertThat(section("### Changed, and bound"))
                .contains("| function `llama_count` | `llama.h` | `int llama_count(const struct llama_context * ctx)` → "
                        + "`int32_t llama_count(const struct llama_context * ctx)` |")
                .contains("| function `llama_decode` | `llama.h` | `int32_t llama_decode(struct llama_context * ctx, llama_token token)` → "
                        + "`int32_t llama_decode(struct llama_context * context, llama_token token)` (names of parameters only) |")
                .contains("| struct `llama_context_params` | `llama.h` | `12 bytes, aligned to 4` → `16 bytes, aligned to 4`<br>"
                        + "new field `uint32_t n_seq` at 4<br>moved: `scale` 4 → 8, `flag` 8 → 12 |")
                .contains("| constant `LLAMA_POOLING_MEAN` | `llama.h` | `1` → `2` |")
                .contains("| define `LLAMA_STATE_VERSION` | `llama.h` | `9` → `10` |")
                .contains("| typedef `llama_callback` | `llama.h` | `bool (*)(float, void *)` → `bool (*)(double, void *)` |")
                .doesNotContain("llama_free");
        assertThat(section("### Changed or gone, not bound")).contains("| function `ggml_unbound` | `ggml.h` | deprecated now |");
    }

    @Test
    void showsCommentsThatChanged() {
        assertThat(section("### Comments that changed, of what is bound"))
                .contains("`llama_decode`:\n\n```diff\n // Decodes a token.\n-// Returns 0.\n+// Returns 0, or 1 where there is no room.\n```");
    }

    @Test
    void showsDefaultsThatChanged() {
        assertThat(section("## Defaults"))
                .contains("`llama_context_default_params`:")
                .contains("-    return { /*.n_ctx =*/ 512, /*.scale =*/ 1.0f, /*.flag =*/ true };")
                .contains("**`llama_nowhere_default_params` was not found**");
    }

    @Test
    void namesModelsAndTemplates() {
        assertThat(section("## Inside llama.cpp"))
                .contains("| `llm_arch` (3) | `LLM_ARCH_NEW` |  |  |")
                .contains("| `llama_vocab_pre_type` | **not found** |  |  |")
                .contains("| Chat templates (2) | `models/templates/two.jinja` |  | `models/templates/one.jinja` |");
    }

    @Test
    void tellsOfMacrosThatNoLongerMeetWhatTheyAreFor() {
        assertThat(section("### Sources that are compiled with a header of ours before them"))
                .contains("| `src/grammar.cpp` | `native/steps.h` | `find` | 2 | 1 |")
                .contains("| `src/grammar.cpp` | `native/steps.h` | `gone` | 1 | **used nowhere now** |")
                .contains("-if (find(3) || gone(1)) { return 1; }")
                .contains("| `src/memory.cpp` | `native/steps.h` | all | **compiled so in v1 only** |")
                .contains("Sources that are as they were: 0. Macros that the others use as before: 1.")
                .as("a comment and a text are no uses").doesNotContain("find(5)");
    }

    @Test
    void namesWhatElseHoldsOnToUpstream() {
        assertThat(section("### Headers inside llama.cpp that native/ includes"))
                .contains("| `src/llama-arch.h` | `shim.cpp` | -0 +1 |")
                .doesNotContain("llama.h` |");
        assertThat(section("### Pages of docs/upstream whose sources changed")).contains("| `stacks.md` | `src/grammar.cpp`, `src/memory.cpp` |");
        assertThat(section("## Files of ours that name v1")).contains("| `docs/page.md` | 2 |").doesNotContain("v1-v2.md");
    }

    private static String section(String heading) {
        int from = report.indexOf(heading + "\n");
        assertThat(from).as(heading).isNotNegative();
        String rest = report.substring(from + heading.length());
        int end = rest.indexOf("\n##");
        return end < 0 ? rest : rest.substring(0, end);
    }
}
