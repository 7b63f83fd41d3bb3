package io.github.llamaffm.lifecycle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long processes took to end, from the call or signal to the exit code. */
final class ExitDurations {
    private final Map<ExitMoment, List<Long>> millis = new EnumMap<>(ExitMoment.class);

    void add(ExitIT.End end, long value) {
        millis.computeIfAbsent(end.moment(), _ -> new ArrayList<>()).add(value);
    }

    void report() {
        millis.forEach((moment, values) -> System.out.println(moment + " " + values.size() + " " + Collections.max(values)));
    }
}
