package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ci/upgrade-llama.cpp} with a tiny upstream: what it refuses, and that one that stops half way goes on. */
class UpgradeIT {

    private static final String UPGRADE = "ci/upgrade-llama.cpp";
    private static final String PIN = "third_party/llama.cpp/pin.properties";

    @TempDir
    private Path folder;

    private Checkout checkout;
    private Path upstream;
    private Path toolkits;
    private String newTree;

    @BeforeEach
    void makeUpstream() throws IOException {
        upstream = folder.resolve("github/ggml-org/llama.cpp.git");
        TinyRelease.before(upstream);
        git("init", "-q");
        String oldTree = tag("v1");
        TinyRelease.after(upstream);
        newTree = tag("v2");

        checkout = TinyRelease.checkout(folder);
        toolkits = Files.createDirectories(checkout.cache).resolve("toolkits");
        Files.createSymbolicLink(toolkits, Files.createDirectories(realCache(checkout).resolve("toolkits")));
        checkout.environment.put("LLAMAFFM_BUILD_CACHE", checkout.cache.toString());
        checkout.environment.put("npm_config_registry", "http://127.0.0.1:9");
        checkout.environment.put("npm_config_fetch_retries", "0");
        checkout.environment.put("GIT_CONFIG_COUNT", "1");
        checkout.environment.put("GIT_CONFIG_KEY_0", "url.file://" + folder.resolve("github") + "/.insteadOf");
        checkout.environment.put("GIT_CONFIG_VALUE_0", "https://github.com/");
        checkout.environment.put("JEXTRACT", "/bin/false");
        checkout.environment.put("JAVA_HOME", System.getProperty("java.home"));
        checkout.write(PIN, """
                # A comment.
                release=v1
                tree=%s
                npm.package=node-llama-cpp@1.0.0
                npm.bundle=llama/gitRelease.bundle
                github.repository=ggml-org/llama.cpp
                npm.integrity=sha512-one
                """.formatted(oldTree));
        TinyRelease.commit(checkout);
    }

    @AfterEach
    void keepTheRealToolkits() throws IOException {
        Files.delete(toolkits);
    }

    private static Path realCache(Checkout checkout) {
        return Optional.ofNullable(checkout.environment.get("LLAMAFFM_BUILD_CACHE")).map(Path::of)
                .orElseGet(() -> Optional.ofNullable(checkout.environment.get("XDG_CACHE_HOME")).map(Path::of)
                        .orElseGet(() -> Path.of(checkout.environment.get("HOME"), ".cache")).resolve("llama-ffm/build"));
    }

    private String git(String... arguments) {
        return Checkout.git(upstream, arguments);
    }

    private String tag(String name) {
        git("add", "-A", "-f");
        git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", name);
        git("tag", name);
        return git("rev-parse", "HEAD^{tree}");
    }

    private String pin() throws IOException {
        return Files.readString(checkout.root.resolve(PIN));
    }

    @Test
    void stopsHalfWayAndGoesOn() throws IOException {
        Run run = checkout.run(UPGRADE, "v2");
        assumeFalse(run.err().contains("no libclang. Routes tried:"), run.err());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("llama.cpp v2: git tree " + newTree + " (GitHub). Not from:")
                .contains("error: bindings failed; all of it: " + checkout.cache.toRealPath().resolve("upgrade/v1-v2/bindings.log"))
                .contains("Then run the same command again: it goes on from here. The report: docs/upgrading/v1-v2.md");
        assertThat(pin()).isEqualTo("""
                # A comment.
                release=v2
                tree=%s
                npm.package=
                npm.bundle=llama/gitRelease.bundle
                github.repository=ggml-org/llama.cpp
                npm.integrity=
                """.formatted(newTree));
        assertThat(Files.readString(checkout.root.resolve("docs/upgrading/v1-v2.md")))
                .startsWith("# llama.cpp v1 to v2\n")
                .contains("--include-function llama_gone")
                .contains("| sources | git tree `" + newTree + "` by GitHub; no answer from npm |", "| bindings | **failed**");

        Run again = checkout.run(UPGRADE, "v2");

        assertThat(again.err()).contains("error: bindings failed");
    }

    @Test
    void reportsWithoutATrace() throws IOException {
        String before = pin();
        checkout.environment.remove("JEXTRACT");

        Run run = checkout.run(UPGRADE, "--report-only", "v2");
        assumeFalse(run.err().contains("no libclang. Routes tried:"), run.err());

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("# llama.cpp v1 to v2\n").contains("## Checks");
        assertThat(pin()).isEqualTo(before);
        assertThat(Checkout.git(checkout.root, "status", "--porcelain")).isEmpty();
    }

    @Test
    void pinsNothingWhereTheRoutesDisagree() throws IOException {
        String before = pin();
        checkout.environment.put("LLAMA_CPP_DIR", TinyRelease.before(folder.resolve("copy")).root().toString());

        Run run = checkout.run(UPGRADE, "v2");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("error: the routes disagree about llama.cpp v2: LLAMA_CPP_DIR has git tree ",
                "GitHub has " + newTree + ". Nothing is pinned.");
        assertThat(pin()).isEqualTo(before);
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThat(checkout.run(UPGRADE).status()).isEqualTo(2);
        assertThat(checkout.run(UPGRADE, "v1").err()).isEqualTo("error: git's HEAD pins llama.cpp v1 already.\n");
        assertThat(checkout.run(UPGRADE, "v3").err()).contains("error: no sources of llama.cpp v3. Routes tried:", "- npm: ", "- GitHub: ");
        checkout.write("bindings/src/generated/includes.txt", "--include-function llama_decode\n");
        assertThat(checkout.run(UPGRADE, "v2").err()).contains("that are not committed: commit them first");
        checkout.environment.remove("JEXTRACT");
        assertThat(checkout.run(UPGRADE, "v2").err()).startsWith("error: set JEXTRACT to a jextract 25 command");
    }
}
