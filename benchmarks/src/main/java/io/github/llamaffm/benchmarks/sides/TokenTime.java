package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of a generated token goes, by the events of llama-ffm in the JVM's own flight recorder. In nanoseconds for a token.
 *
 * @param decode in llama_decode
 * @param sample choosing the token from its logits, in native code too
 * @param rest   everything else: text, limits, stop strings, the loop, and the recording of these events
 */
record TokenTime(double decode, double sample, double rest) {

    private static final String EVENTS = "io.github.llamaffm.";

    /** Of a sampled generation in a process that has warmed up. */
    static TokenTime measure(Settings settings) {
        Path file = settings.work().resolve("tokens.jfr");
        String recording = "-XX:StartFlightRecording:filename=%s,dumponexit=true,+%sDecode#enabled=true,+%sSample#enabled=true,+%sDecode#stackTrace=false"
                .formatted(file, EVENTS, EVENTS, EVENTS);
        int tokens = settings.profile().generated();
        Sample whole = new Driver(Settings.java(OurDriver.class, recording, "-Xlog:disable"))
                .run("sampled", "sampled", settings.model(), settings.threads(), tokens, new Resources(settings.work()).prompt());
        double decode = ofLast(file, "Decode", tokens - 1);
        double sample = ofLast(file, "Sample", tokens - 1);
        return new TokenTime(decode, sample, whole.value() - decode - sample);
    }

    /** The mean of the last so many of a kind: those of the generation that was timed. */
    private static double ofLast(Path file, String event, int count) {
        List<RecordedEvent> all;
        try {
            all = RecordingFile.readAllEvents(file).stream().filter(one -> one.getEventType().getName().equals(EVENTS + event)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (all.size() < count) {
            throw new IllegalStateException("%d events %s in %s, not %d".formatted(all.size(), event, file, count));
        }
        return all.subList(all.size() - count, all.size()).stream().map(RecordedEvent::getDuration).mapToLong(Duration::toNanos).average().orElseThrow();
    }
}
