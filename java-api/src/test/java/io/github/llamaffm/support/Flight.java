package io.github.llamaffm.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Records what some work tells the flight recorder, and gives the library's events back, by their end. */
public final class Flight {

    private static final String PREFIX = "io.github.llamaffm.";

    /** Every event of the library. */
    public static final List<String> ALL = List.of("Load", "Prefill", "Decode", "Sample", "Cancel", "CacheHit", "CacheMiss");

    private final List<RecordedEvent> events;

    private Flight(List<RecordedEvent> events) {
        this.events = events;
    }

    /** With every event switched on. */
    public static Flight record(Runnable work) {
        return record(Map.of(), ALL, work);
    }

    /**
     * Records.
     *
     * @param settings of the recording
     * @param names of events to switch on, without their prefix
     */
    public static Flight record(Map<String, String> settings, List<String> names, Runnable work) {
        try (Recording recording = new Recording(settings)) {
            names.forEach(name -> recording.enable(PREFIX + name));
            recording.start();
            work.run();
            recording.stop();
            return new Flight(read(recording));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<RecordedEvent> read(Recording recording) throws IOException {
        Path file = Files.createTempFile("flight", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().startsWith(PREFIX))
                    .sorted((one, other) -> one.getEndTime().compareTo(other.getEndTime()))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    public List<RecordedEvent> events() {
        return events;
    }

    /** @param name without its prefix */
    public List<RecordedEvent> events(String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals(PREFIX + name)).toList();
    }

    /** The only one. */
    public RecordedEvent event(String name) {
        List<RecordedEvent> found = events(name);
        if (found.size() != 1) {
            throw new AssertionError("%d events of %s, not one: %s".formatted(found.size(), name, found));
        }
        return found.getFirst();
    }

    /** What a number is in each event of a kind. */
    public List<Integer> ints(String name, String field) {
        return events(name).stream().map(event -> event.getInt(field)).toList();
    }
}
