package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code third_party/llama.cpp/fetch} with a tiny upstream: every route, every way to fail. */
class FetchSourcesIT {

    private static final String FETCH = "third_party/llama.cpp/fetch";

    @TempDir
    private Path folder;

    private Checkout checkout;
    private Path upstream;
    private Path link;
    private String tree;

    @BeforeEach
    void makeUpstream() throws IOException {
        upstream = Files.createDirectories(folder.resolve("github/ggml-org/llama.cpp.git"));
        Files.createDirectories(upstream.resolve("include"));
        Files.writeString(upstream.resolve("include/llama.h"), "// windows line\r\n// line\n");
        Files.writeString(upstream.resolve("ignored.txt"), "but tracked\n");
        Files.writeString(upstream.resolve(".gitignore"), "ignored.txt\nbuild/\n");
        Files.writeString(upstream.resolve("run.sh"), "#!/bin/sh\n");
        upstream.resolve("run.sh").toFile().setExecutable(true);
        git("init", "-q");
        git("-c", "core.autocrlf=false", "add", "-A", "-f");
        git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "release");
        git("tag", "v1");
        tree = git("rev-parse", "HEAD^{tree}");

        checkout = new Checkout(folder);
        link = checkout.root.resolve("third_party/llama.cpp/source");
        pin(tree);
    }

    private String git(String... arguments) {
        return Checkout.git(upstream, arguments);
    }

    private void pin(String hash) {
        checkout.write("third_party/llama.cpp/pin.properties", """
                release=v1
                tree=%s
                npm.package=node-llama-cpp@3.22.1
                npm.bundle=llama/gitRelease.bundle
                npm.integrity=sha512-none
                github.repository=ggml-org/llama.cpp
                """.formatted(hash));
    }

    /** Lets git find GitHub on this machine. */
    private void gitHubIsReachable() {
        checkout.environment.put("GIT_CONFIG_COUNT", "1");
        checkout.environment.put("GIT_CONFIG_KEY_0", "url.file://" + folder.resolve("github") + "/.insteadOf");
        checkout.environment.put("GIT_CONFIG_VALUE_0", "https://github.com/");
    }

    @Test
    void linksALocalCopy() throws IOException {
        checkout.environment.put("LLAMA_CPP_DIR", upstream.toString());

        Run run = checkout.run(FETCH);

        assertThat(run.err()).isEmpty();
        assertThat(run.path()).isEqualTo(link);
        assertThat(link.toRealPath()).isEqualTo(upstream.toRealPath());
        assertThat(checkout.cache.resolve("sources")).as("nothing is copied").doesNotExist();
    }

    @Test
    void isIndependentOfTheUsersGitConfiguration() throws IOException {
        Files.writeString(folder.resolve(".gitconfig"), """
                [core]
                    autocrlf = true
                    excludesFile = %s
                    fileMode = false
                    attributesFile = %s
                """.formatted(upstream.resolve(".gitignore"), Files.writeString(folder.resolve("attributes"), "* text eol=crlf\n")));
        Files.writeString(upstream.resolve(".git/info/exclude"), "*\n");
        checkout.environment.put("LLAMA_CPP_DIR", upstream.toString());
        checkout.environment.put("GIT_DIR", folder.resolve("elsewhere").toString());

        assertThat(checkout.run(FETCH).err()).isEmpty();
    }

    @Test
    void refusesAChangedFile() throws IOException {
        Files.writeString(upstream.resolve("ignored.txt"), "changed\n");
        refusesTheLocalCopy();
    }

    @Test
    void refusesAMissingFile() throws IOException {
        Files.delete(upstream.resolve("run.sh"));
        refusesTheLocalCopy();
    }

    @Test
    void refusesAFileTooMuch() throws IOException {
        Files.createDirectories(upstream.resolve("build"));
        Files.writeString(upstream.resolve("build/extra.o"), "");
        refusesTheLocalCopy();
    }

    @Test
    void refusesAProgramThatIsNoProgram() {
        assertThat(upstream.resolve("run.sh").toFile().setExecutable(false)).isTrue();
        refusesTheLocalCopy();
    }

    private void refusesTheLocalCopy() {
        checkout.environment.put("LLAMA_CPP_DIR", upstream.toString());
        gitHubIsReachable();

        Run run = checkout.run(FETCH);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("error: no sources of llama.cpp v1 (git tree " + tree + "). Routes tried:")
                .contains("- LLAMA_CPP_DIR: wrong hash: the files of " + upstream + " have git tree ")
                .doesNotContain("GitHub:");
        assertThat(link).doesNotExist();
    }

    @Test
    void refusesAFolderOfSomethingElse() {
        checkout.environment.put("LLAMA_CPP_DIR", folder.toString());

        assertThat(checkout.run(FETCH).err()).contains("- LLAMA_CPP_DIR: " + folder + " has no include/llama.h");
    }

    @Test
    void clonesTheTagAndKeepsItInTheCache() throws IOException {
        gitHubIsReachable();
        git("rm", "-q", "run.sh");
        git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "after the release");

        Run run = checkout.run(FETCH);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(link.resolve("run.sh")).isExecutable();
        assertThat(link.toRealPath()).isEqualTo(checkout.cache.resolve("sources/llama.cpp-" + tree.substring(0, 12)).toRealPath());

        checkout.environment.remove("GIT_CONFIG_COUNT");
        checkout.onlyPrograms();
        Files.delete(link);
        Run again = checkout.run(FETCH);

        assertThat(again.err()).as("from the cache, without git or network").isEmpty();
        assertThat(link.resolve("include/llama.h")).exists();
    }

    @Test
    void keepsNothingThatHasTheWrongHash() {
        gitHubIsReachable();
        pin("0123456789012345678901234567890123456789");

        Run run = checkout.run(FETCH);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("- GitHub: wrong hash: ", "have git tree " + tree + ", expected 0123456789");
        assertThat(checkout.cache.resolve("sources")).isDirectoryNotContaining(Files::isDirectory);
    }

    @Test
    void tellsEveryRouteWhenThereIsNoNetwork() {
        Run run = checkout.run(FETCH);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("- LLAMA_CPP_DIR: not set")
                .contains("- cache: no " + checkout.cache.resolve("sources/llama.cpp-"))
                .containsPattern("- npm: .*(ECONNREFUSED|not installed)")
                .containsPattern("- GitHub: fatal: unable to access")
                .contains("To supply a local copy, set LLAMA_CPP_DIR to a folder");
        assertThat(checkout.cache).isDirectoryNotContaining(f -> f.getFileName().toString().startsWith("tmp."));
    }

    @Test
    void namesMissingTools() {
        checkout.onlyPrograms();

        Run run = checkout.run(FETCH);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("- npm: npm is not installed", "- GitHub: git is not installed");

        checkout.environment.put("LLAMA_CPP_DIR", upstream.toString());
        assertThat(checkout.run(FETCH).err()).contains("- LLAMA_CPP_DIR: git, which verifies the sources, is not installed");
    }

    @Test
    void namesACacheThatCannotBeMade() throws IOException {
        checkout.environment.put("LLAMAFFM_BUILD_CACHE", Files.writeString(folder.resolve("file"), "") + "/cache");

        assertThat(checkout.run(FETCH).err()).isEqualTo("error: cannot create the build cache " + folder.resolve("file/cache")
                + ". Set LLAMAFFM_BUILD_CACHE to a folder that can be written.\n");
    }
}
