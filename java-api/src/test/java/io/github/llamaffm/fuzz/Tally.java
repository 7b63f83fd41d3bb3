package io.github.llamaffm.fuzz;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How operations ended: counted by operation and outcome. */
final class Tally {

    static final String DONE = "done";
    static final String SKIPPED = "nothing there";

    private final Map<String, Map<String, LongAdder>> counts = new ConcurrentHashMap<>();
    private final Map<String, String> messages = new ConcurrentHashMap<>();
    private final LongAdder aborts = new LongAdder();
    private final Map<String, LongAdder> abortTexts = new ConcurrentHashMap<>();

    void count(String operation, String outcome) {
        counts.computeIfAbsent(operation, _ -> new ConcurrentHashMap<>()).computeIfAbsent(outcome, _ -> new LongAdder()).increment();
    }

    void abort(String text) {
        aborts.increment();
        abortTexts.computeIfAbsent(text, _ -> new LongAdder()).increment();
    }

    /** Each message once, with the first operation that had it. */
    void message(Throwable failure, String operation) {
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        messages.putIfAbsent(text.replaceAll("[0-9]+", "N"), text + "\n    " + operation);
    }

    List<String> messages() {
        return List.copyOf(new TreeMap<>(messages).values());
    }

    long aborts() {
        return aborts.sum();
    }

    Map<String, Long> abortTexts() {
        Map<String, Long> sorted = new TreeMap<>();
        abortTexts.forEach((text, count) -> sorted.put(text, count.sum()));
        return sorted;
    }

    /** Operation, outcome, count. */
    Map<String, Map<String, Long>> byOperation() {
        Map<String, Map<String, Long>> sorted = new TreeMap<>();
        counts.forEach((operation, outcomes) -> {
            Map<String, Long> row = new TreeMap<>();
            outcomes.forEach((outcome, count) -> row.put(outcome, count.sum()));
            sorted.put(operation, row);
        });
        return sorted;
    }

    Map<String, Long> byOutcome() {
        Map<String, Long> sum = new TreeMap<>();
        byOperation().values().forEach(row -> row.forEach((outcome, count) -> sum.merge(outcome, count, Long::sum)));
        return sum;
    }
}
