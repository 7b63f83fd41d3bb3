package io.github.llamaffm.benchmarks.gpu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is proven, each in a process of its own: one that ends does not take the others along. */
enum Check {
    WITHOUT("Without the module", Added::without),
    WITH("With the module, the same program", Added::with),
    START("Start", Start::run),
    PLACEMENT("Where everything lies", WhereItLies::run),
    CONFORMANCE("The same results", Conformance::run),
    TOGETHER("Two devices", Together::run),
    GREEDY("The same text as llama-completion", Greedy::run),
    FUNCTIONS("What the rest of the API does there", Functions::run),
    CANCEL("Cancelling", Cancelling::run),
    MEMORY("Out of memory", OutOfMemory::run),
    CYCLES("Loading and closing", Cycles::run),
    SPEED("As fast as llama-bench", Speed::run);

    /** For people. */
    final String title;
    private final Program program;

    Check(String title, Program program) {
        this.title = title;
        this.program = program;
    }

    private interface Program {
        void run(Setup setup, Findings findings) throws Exception;
    }

    boolean withDevice() {
        return this != WITHOUT;
    }

    /** Switches of its JVM. What a compiler takes while it works looks like a leak of the first few hundred cycles. */
    List<String> switches() {
        return this == CYCLES ? List.of("-Xint") : List.of();
    }

    /** {@code NAME FILE}: runs that check, with its findings written to the file. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        Files.deleteIfExists(file);
        Findings findings = new Findings(file);
        Check check = valueOf(arguments[0]);
        findings.part(check.title, () -> check.program.run(Setup.current(), findings));
    }
}
