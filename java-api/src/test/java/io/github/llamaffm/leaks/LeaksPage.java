package io.github.llamaffm.leaks;

import com.sun.management.OperatingSystemMXBean;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.support.DocsPage;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/** {@code docs/safety/leaks.md}. */
final class LeaksPage {

    private LeaksPage() {}

    static void write(List<Measurement> counted, List<Measurement> measured) {
        DocsPage.update("safety/leaks.md", """
                # What is left behind: nothing

                Everything that can be opened is opened and closed again and again, in JVMs that do nothing else, and what the process has is read
                meanwhile. `ci/soak leaks` wrote this page; `mvn verify` does the same with fewer rounds. Of llama.cpp %s, on %s.

                ## Blocks that native code did not free

                A preloaded allocator counts what our libraries and llama.cpp allocate and do not free. The number does not depend on the number of rounds:
                it may change by a few blocks, of threads that are about to end.

                | What | Rounds | Blocks before | Blocks after |
                |---|--:|--:|--:|
                %s
                ## Memory of the process

                Per round, with an interval of 95 %% (slope of Theil and Sen over %d readings, after a warm-up):

                - **Resident**: bytes of the process that are in memory, less what the JVM says it has for itself. The heap is of a fixed size and in memory
                  from the start; `malloc_trim` gives free memory back before each reading.
                - **malloc**: bytes that native code has allocated and not freed (`mallinfo2`, less what the JVM tracks of its own).
                - **Arenas**: bytes that Java has allocated outside its heap.
                - **Heap**: bytes of Java objects after a collection.

                | What | Rounds | Resident, bytes per round | All rounds, KiB | malloc, bytes per round | Arenas | Heap | Seconds |
                |---|--:|--:|--:|--:|--:|--:|--:|
                %s
                The number of threads, open files and mappings of the process did not grow with the rounds. Nothing that was closed was reachable any more
                (weak references to up to 256 objects of each line), and no file was left in the folder of the process.

                ## How sure that is

                - The last two lines leak on purpose, and are found: 32 bytes of a round by "Arenas", the smallest sampler by both tables. "Nothing but Java" is the
                  measurement of nothing.
                - *Blocks* are counted, not estimated: the bound is %d blocks, for any number of rounds.
                - *malloc* and *heap*: the upper end of each interval is below %d bytes per round, or below %d KiB over all rounds together. malloc has no block of
                  less than 32 bytes. What is not 0 belongs to the JVM: it allocates some memory that it does not track, malloc rounds each of its blocks up, and
                  one reading differs from the next by some 20 KiB. So 10,000 rounds show one block in two rounds, 1,000 rounds two blocks in each; the
                  count above shows the rest.
                - *Resident* comes in pages of 4 KiB, of which malloc keeps some that are partly used. The upper end of each interval, over all rounds together,
                  is below %d MiB, which is less than one context or one model of a usual size. "All rounds" is what that is in KiB.
                - *Arenas*: below %d bytes, less than any object has.
                """.formatted(LlamaRuntime.instance().llamaCppVersion(), machine(), blocks(counted),
                measured.getFirst().readings().size(), memory(measured), Verdict.MOST_BLOCKS, Verdict.MOST_ALLOCATED,
                Verdict.MOST_NOISE >> 10, Verdict.MOST_RESIDENT >> 20, Verdict.MOST_ARENAS));
    }

    private static String machine() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return "%s (%s), %d cores, %d GiB, Java %d".formatted(System.getProperty("os.name"), System.getProperty("os.arch"),
                system.getAvailableProcessors(), system.getTotalMemorySize() >> 30, Runtime.version().feature());
    }

    private static String blocks(List<Measurement> counted) {
        StringBuilder rows = new StringBuilder();
        for (Measurement one : counted) {
            rows.append("| %s | %,d | %,d | %,d |%n".formatted(one.kind().what, one.rounds(), one.readings().getFirst().blocks(),
                    one.readings().getLast().blocks()));
        }
        return rows.toString();
    }

    private static String memory(List<Measurement> measured) {
        StringBuilder rows = new StringBuilder();
        for (Measurement one : measured) {
            Verdict verdict = Verdict.of(one, true);
            rows.append("| %s | %,d | %s | %s | %s | %s | %s | %d |%n".formatted(one.kind().what, one.rounds(), show(verdict.resident()),
                    number(verdict.resident().slope() * one.rounds() / 1024), show(verdict.allocated()), number(verdict.arenas().slope()),
                    number(verdict.heap().slope()), one.millis() / 1000));
        }
        return rows.toString();
    }

    private static String show(Trend trend) {
        return "%s [%s, %s]".formatted(number(trend.slope()), number(trend.low()), number(trend.high()));
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.1f", value);
        return text.equals("-0.0") ? "0.0" : text;
    }
}
