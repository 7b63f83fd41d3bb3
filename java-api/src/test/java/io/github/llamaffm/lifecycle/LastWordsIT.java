package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What cannot be turned into an exception ends the process, and says before what, where and with which library. */
class LastWordsIT {
    private static final int SIGABRT = 128 + 6;

    @TempDir
    private static Path models;

    private static Path tiny;

    @TempDir
    private Path folder;

    @BeforeAll
    static void write() throws IOException {
        tiny = TinyModel.llama().writeTo(models.resolve("tiny.gguf"));
    }

    /** Ways to fail where nobody can catch it, and what has to stand in the last words. */
    enum Failure {
        ABORT_OUTSIDE(LlamaFfm.LF_SELF_TEST_UNGUARDED_ABORT(), false,
                "message:   .*self_test.cpp:\\d+: self-test: an abort that cannot be caught",
                "operation: \\(none on this thread\\)", "in native code: \\(no call\\)"),
        EXCEPTION_ON_WORKERS(LlamaFfm.LF_SELF_TEST_WORKER_EXCEPTION(), true,
                "message:   a C\\+\\+ exception that nobody catches \\(.*runtime_error\\): self-test: an exception on a worker thread",
                "operation: \\(none on this thread\\)", "    lf_self_test on thread \\d+ \".+\""),
        ABORT_IN_NOEXCEPT(LlamaFfm.LF_SELF_TEST_NOEXCEPT_ABORT(), true,
                "message:   an abort in a function that must not throw: .*self_test.cpp:\\d+: self-test: an abort in a function"
                        + " that must not throw",
                "operation: lf_self_test", "    lf_self_test on thread \\d+ \".+\""),
        PURE_VIRTUAL(LlamaFfm.LF_SELF_TEST_PURE_VIRTUAL(), true,
                "message:   std::terminate without an exception, such as after a pure virtual call",
                "operation: lf_self_test", "    lf_self_test on thread \\d+ \".+\"");

        final int kind;

        /** Then the C++ runtime has its say as well, on stderr. */
        final boolean terminate;

        final List<String> lines;

        Failure(int kind, boolean terminate, String... lines) {
            this.kind = kind;
            this.terminate = terminate;
            this.lines = List.of(lines);
        }
    }

    private ChildJvm child(Failure failure) {
        return ChildJvm.of(LastWordsProgram.class)
                // A core file is wanted by nobody here.
                .through("sh", "-c", "ulimit -c 0; exec \"$@\"", "sh")
                .arguments(tiny, failure.kind);
    }

    @ParameterizedTest
    @EnumSource
    void say(Failure failure) throws IOException {
        var result = child(failure).property("llamaffm.crash.dir", folder).run();

        assertThat(result.exitCode()).isEqualTo(SIGABRT);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.files()).isEmpty();
        Path file = onlyFileIn(folder);
        assertThat(file.getFileName().toString()).matches("llamaffm-crash-\\d{8}T\\d{6}Z-\\d+\\.txt");
        String words = Files.readString(file);
        for (String line : failure.lines) {
            assertThat(words).containsPattern(Pattern.compile("^ *" + line + "$", Pattern.MULTILINE));
        }
        LlamaRuntime runtime = LlamaRuntime.instance();
        Path core = runtime.report().core();
        assertThat(words)
                .containsOnlyOnce("message:")
                .containsPattern("time:      \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\n")
                .containsPattern("thread:    \\d+ \".+\"\n")
                .contains("devices:   CPU\n", "models:    llama ?B", "file:      " + core + "\n",
                        "library:   llamaffm " + runtime.abiId() + ", llama.cpp " + runtime.llamaCppVersion() + ", " + runtime.buildInfo())
                .containsPattern("    " + Pattern.quote(core.getFileName().toString()) + "\\+0x[0-9a-f]+");
        if (failure.terminate) {
            assertThat(result.stderr()).contains(words);
        } else {
            assertThat(result.stderr()).isEqualTo(words);
        }
        // The stack goes on to where it came from: the graph of a worker, or the call.
        assertThat(words).containsPattern(failure.name().endsWith("WORKERS") ? "    libggml-cpu-.*\\+0x" : "\\(lf_self_test\\+0x");
    }

    private static Path onlyFileIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().getFirst();
        }
    }

    /** A log level is set by a second call of lf_init, which has no crash folder. */
    @Test
    void survivesADebugLog() throws IOException {
        var result = child(Failure.ABORT_OUTSIDE).property("llamaffm.crash.dir", folder)
                .property("org.slf4j.simpleLogger.defaultLogLevel", "debug").run();

        assertThat(onlyFileIn(folder)).hasContent(result.stderr());
    }

    @Test
    void makesTheFolder() throws IOException {
        var result = child(Failure.ABORT_OUTSIDE).property("llamaffm.crash.dir", folder.resolve("new")).run();

        assertThat(onlyFileIn(folder.resolve("new"))).hasContent(result.stderr());
    }

    @Test
    void sayWhyThereIsNoFile() {
        Path missing = folder.resolve("no/such/folder");
        var result = child(Failure.ABORT_OUTSIDE).property("llamaffm.crash.dir", missing).run();

        assertThat(result.exitCode()).isEqualTo(SIGABRT);
        assertThat(result.stderr()).contains("self-test: an abort that cannot be caught")
                .containsPattern("llama-ffm: " + missing + "/llamaffm-crash-.*\\.txt cannot be written: No such file or directory\n$");
    }

    /** /dev/full takes no byte; a folder cannot be made to, so this is the file itself, behind a link. */
    @Test
    void sayThatTheDiskIsFull() throws IOException {
        Path full = Files.createDirectory(folder.resolve("full"));
        var result = ChildJvm.of(LastWordsProgram.class)
                .through("sh", "-c", "ulimit -c 0; ulimit -f 0; exec \"$@\"", "sh")
                .options("-XX:-UsePerfData", "-Dorg.slf4j.simpleLogger.logFile=System.err")
                .arguments(tiny, Failure.ABORT_OUTSIDE.kind)
                .property("llamaffm.crash.dir", full).run();

        assertThat(result.exitCode()).isEqualTo(SIGABRT);
        assertThat(result.stderr()).contains("self-test: an abort that cannot be caught")
                .contains("llama-ffm: the crash file in " + full + " is not whole: File too large");
    }

    @Test
    void endAlsoWithAPathThatIsTooLong() {
        Path missing = folder.resolve("a".repeat(200) + "/" + "b".repeat(200)).resolve(("c".repeat(250) + "/").repeat(40));
        var result = child(Failure.ABORT_OUTSIDE).property("llamaffm.crash.dir", missing).run();

        assertThat(result.exitCode()).isEqualTo(SIGABRT);
        assertThat(result.stderr()).contains("self-test: an abort that cannot be caught")
                .contains("the path of llamaffm.crash.dir is too long for a crash file");
    }

    /** What is neither an abort nor an exception is a signal: those are the JVM's, whose file names our library. */
    @ParameterizedTest
    @EnumSource(Signal.class)
    void signalsAreTold(Signal signal) throws IOException {
        Path file = folder.resolve("hs_err.log");
        var result = ChildJvm.of(LastWordsProgram.class)
                .through("sh", "-c", "ulimit -c 0; exec \"$@\"", "sh")
                .options("-XX:ErrorFile=" + file)
                .arguments(tiny, signal.kind)
                .run();

        assertThat(result.exitCode()).isEqualTo(SIGABRT);
        String core = LlamaRuntime.instance().report().core().getFileName().toString();
        assertThat(Files.readString(file)).contains(signal.name())
                .containsPattern("# C  \\[" + Pattern.quote(core) + "\\+0x[0-9a-f]+\\]")
                .contains("LlamaFfm.lf_self_test(I)I", "LastWordsProgram.main");
    }

    /** The one signal that a user can bring about: nothing that the library could check comes before it. */
    @Test
    void aModelThatIsCutWhileItIsMapped() throws IOException {
        Path model = Files.copy(TestFiles.model(), folder.resolve("cut.gguf"));
        Path file = folder.resolve("hs_err.log");
        var result = ChildJvm.of(CutModelProgram.class)
                .through("sh", "-c", "ulimit -c 0; exec \"$@\"", "sh")
                .options("-XX:ErrorFile=" + file)
                .arguments(model)
                .run();

        assertThat(result.exitCode()).isEqualTo(SIGABRT);
        assertThat(Files.readString(file)).contains("SIGBUS", "BUS_ADRERR")
                .containsPattern("# C  \\[lib(llamaffm|ggml-cpu)-[^ ]*\\.so\\+0x");
    }

    enum Signal {
        SIGSEGV(LlamaFfm.LF_SELF_TEST_SEGV()), SIGFPE(LlamaFfm.LF_SELF_TEST_FPE());

        final int kind;

        Signal(int kind) {
            this.kind = kind;
        }
    }
}
