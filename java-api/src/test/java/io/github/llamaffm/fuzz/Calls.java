package io.github.llamaffm.fuzz;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** How many calls of each public method of the API returned in this process, as the JVM counts them: in its implementations, too. */
final class Calls implements AutoCloseable {

    private static final String EVENT = "jdk.MethodTiming";

    /** Those that are public, implement what is, or are extended by these; and the sampler that the library calls here. */
    private final List<Class<?>> classes = Stream.concat(Stream.of(Samplers.Own.class), ApiMethods.classes().stream()
                    .filter(type -> ApiMethods.methods().stream().anyMatch(method -> method.getDeclaringClass().isAssignableFrom(type))))
            .flatMap(Calls::withParents).distinct().toList();

    private final Recording recording = new Recording();

    private Calls() {
        recording.enable(EVENT)
                .with("filter", classes.stream().map(Class::getName).collect(Collectors.joining(";")))
                .with("period", "endChunk");
        recording.start();
    }

    static Calls start() {
        return new Calls();
    }

    /** Of each public method; 0 where it was not called. */
    Map<String, Long> counts(Path folder) throws IOException {
        recording.stop();
        Path file = folder.resolve("calls.jfr");
        recording.dump(file);
        Map<String, Long> invocations = new HashMap<>();
        for (var event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().equals(EVENT)) {
                RecordedMethod method = event.getValue("method");
                invocations.merge(method.getType().getName() + "." + method.getName() + parameters(method.getDescriptor()),
                        event.getLong("invocations"), Long::sum);
            }
        }
        Files.delete(file);
        Map<String, Long> counts = new TreeMap<>();
        ApiMethods.methods().forEach(method -> counts.put(ApiMethods.name(method), sum(method, invocations)));
        return counts;
    }

    /** Where a method is implemented, by the class itself or what it extends, those calls count. */
    private long sum(Method method, Map<String, Long> invocations) {
        String signature = "." + method.getName() + Arrays.stream(method.getParameterTypes()).map(Class::descriptorString)
                .collect(Collectors.joining("", "(", ")"));
        return classes.stream().filter(type -> method.getDeclaringClass().isAssignableFrom(type))
                .flatMap(Calls::withParents)
                .distinct()
                .mapToLong(type -> invocations.getOrDefault(type.getName() + signature, 0L)).sum();
    }

    private static Stream<Class<?>> withParents(Class<?> type) {
        return Stream.<Class<?>>iterate(type, parent -> parent != null && parent.getName().startsWith("io.github.llamaffm."),
                Class::getSuperclass);
    }

    private static String parameters(String descriptor) {
        return descriptor.substring(0, descriptor.indexOf(')') + 1);
    }

    @Override
    public void close() {
        recording.close();
    }
}
