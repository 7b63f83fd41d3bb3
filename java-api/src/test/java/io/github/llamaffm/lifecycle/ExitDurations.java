package io.github.llamaffm.lifecycle;

import io.github.llamaffm.support.DocsPage;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long processes took to end, from the call or signal to the exit code. */
final class ExitDurations {
    private static final String PAGE = "safety/exits.md";

    private final Map<ExitMoment, List<Long>> millis = new EnumMap<>(ExitMoment.class);
    private int count;

    void add(ExitIT.End end, long value) {
        millis.computeIfAbsent(end.moment(), _ -> new ArrayList<>()).add(value);
        count++;
    }

    /** Writes the page of a long run. */
    void report(int seed) {
        var page = new StringBuilder();
        page.append("# How long the end takes\n\nWritten by `ci/soak exit`; what it means: [lifecycle.md](lifecycle.md).\n\n");
        page.append("%d processes, each ended in one of %d ways at a random moment of what it did; two at a time, first seed %d. "
                .formatted(count, ExitWay.values().length, seed));
        page.append("All of them ended with the exit code of their way, and without a crash. Machine: %d cores, %d GiB, load %.0f at the end.\n\n"
                .formatted(Runtime.getRuntime().availableProcessors(), memory() >> 30,
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        page.append("| What was under way | Ends | Median | Longest |\n|---|---|---|---|\n");
        millis.forEach((moment, values) -> {
            Collections.sort(values);
            page.append("| %s | %d | %d ms | %d ms |\n".formatted(
                    moment.words(), values.size(), values.get(values.size() / 2), values.getLast()));
        });
        DocsPage.update(PAGE, page.toString());
    }

    private static long memory() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }
}
