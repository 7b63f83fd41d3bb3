package io.github.llamaffm.faults;

import io.github.llamaffm.faults.Faults.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One operation, tried again and again while another of its calls of one kind fails each time.
 *
 * @param rest whether that call fails and all of the kind after it
 */
record FaultSeries(Operation operation, Kind kind, boolean rest) {

    @Override
    public String toString() {
        return operation + ":" + kind + ":" + (rest ? "rest" : "one");
    }

    static FaultSeries parse(String text) {
        String[] parts = text.split(":");
        return new FaultSeries(Operation.valueOf(parts[0]), Kind.valueOf(parts[1]), parts[2].equals("rest"));
    }

    static String join(List<FaultSeries> series) {
        return series.stream().map(FaultSeries::toString).collect(Collectors.joining(","));
    }

    static List<FaultSeries> split(String text) {
        return Arrays.stream(text.split(",")).map(FaultSeries::parse).toList();
    }
}
