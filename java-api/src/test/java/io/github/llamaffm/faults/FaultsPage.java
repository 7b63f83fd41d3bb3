package io.github.llamaffm.faults;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.faults.FaultReport.Figures;
import io.github.llamaffm.support.DocsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** docs/safety/faults.md. */
final class FaultsPage {

    private static final String HEAD = """
            # When the machine fails a call

            Written by `ci/soak faults`. Each row is an operation that was run again and again while one of its native calls failed, another one
            each time: the first, the second, and so on until it ran through (`one`), or that call and all of its kind after it (`rest`). After each
            failure a context that was open all the time computed the same logits bit for bit, and the same operation, run once more without a
            failure, gave the right result.

            What fails is decided by a library that the test preloads (`native/faults/faults.c`): calls made by our libraries, directly or inside
            the C++ and C libraries, never those of the JVM. `ALLOCATION`: malloc and its kin, operator new. `MAPPING`: mmap. `THREAD`: pthread_create in
            our libraries; `JAVA_THREAD`: in the JVM. `FILE_…`: what opens, positions, maps and reads the model file, Java's own reads included:
            an I/O error (EIO), fewer bytes than asked for, an interrupted call (EINTR).

            - **Calls**: of that kind in one run of the operation. **Tried**: how many of them were made to fail.
            - **Right**: the result was right all the same. **Exceptions**: by class; each is a `LlamaException` (of Java's own threads an
              `OutOfMemoryError`; the JVM tries three times) and says "out of memory" where that is what failed.
            - **Unusable**: contexts that refused further calls afterwards (`PoisonedContextException`); the others gave the right result when the call
              was repeated.
            - **Left**: bytes that a failed call allocated and that were not freed when it had returned, all of the row together. Where a thread of its own
              does the work, which ends a moment later, some 1,300 of them for each failure are that thread's. What a new context leaves
              is the half-made scheduler of ggml, address space that nobody touched.
            - **Uncaught**: failures that ended the process.

            """;

    private static final String TAIL = """

            ## What the rows do not show

            - Memory that the system promised and does not have: Linux then ends the process (the OOM killer), and no library can answer that.
              Limits of the address space (`ulimit -v`) and of a container that the JVM sees are respected before anything is allocated: docs/memory.md.
            - What glibc allocates for the first use of a thread's own variables, where it ends the process if it cannot. The first native call of a
              thread makes sure of memory for that beforehand, and is an "out of memory" if there is none; the threads of ggml need none.
            - A graph that is left in the middle, because an allocation failed inside an operation of it, leaves the other threads of its pool behind,
              waiting. They are lost until the process ends.
            - A mapped file whose pages can no longer be read (a broken disk, a file cut short by another program) is a SIGBUS, which ends the process. Choose
              `LoadMode.READ` for models on storage that may go away.
            - A graph split over devices in more than 16 parts grows a table in a way that cannot fail safely
              ([unchecked-allocations](../upstream/unchecked-allocations.md)).
            """;

    private FaultsPage() {}

    static void write(Map<String, Figures> figures, int samples, long seed) throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("llama.cpp ").append(LlamaRuntime.instance().llamaCppVersion()).append("; ")
                .append(Runtime.getRuntime().availableProcessors()).append(" cores, ").append(memory()).append(" of memory; ")
                .append(samples == 0 ? "every call" : "at most %,d calls of each row, drawn with seed %d; every call where as many were tried".formatted(samples, seed)).append(".\n\n");
        page.append("| Operation | Fails | Calls | Tried | Right | Exceptions | Unusable | Left | Uncaught |\n|---|---|---|---|---|---|---|---|---|\n");
        figures.forEach((name, found) -> {
            FaultSeries series = FaultSeries.parse(name);
            page.append("| %s | %s, %s | %d | %d | %d | %s | %d | %d | %s |\n".formatted(
                    series.operation().title(), series.kind(), series.rest() ? "rest" : "one", found.calls, found.tried, found.right,
                    found.exceptions.isEmpty() ? "none" : found.exceptions.entrySet().stream()
                            .map(each -> each.getValue() + " " + each.getKey()).collect(Collectors.joining(", ")),
                    found.poisoned, Math.max(0, found.leakedBytes),
                    found.uncaught.isEmpty() ? "0" : found.uncaught.size() + ": calls " + String.join(", ", found.uncaught)));
        });
        long tried = figures.values().stream().mapToLong(found -> found.tried).sum();
        long uncaught = figures.values().stream().mapToLong(found -> found.uncaught.size()).sum();
        page.append("\nTogether %,d failures, of which %d ended the process.\n".formatted(tried, uncaught));
        DocsPage.update("safety/faults.md", page + TAIL);
    }

    private static String memory() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/meminfo")).getFirst();
        return Long.parseLong(line.replaceAll("\\D", "")) / (1 << 20) + " GiB";
    }
}
