package io.github.llamaffm.bindings;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every call shape of this module, read off its sources: only there are all of them, whatever the platform on which a test runs.
 * A spelling that is not understood is an error, so none can be missed.
 *
 * @param result empty for void
 * @param options the linker's options, as native-image's metadata spells them
 * @param calledFromNative whether it is the shape of a callback, which Java may call too
 */
record CallShapes(Optional<MemoryLayout> result, List<MemoryLayout> parameters, List<String> options, boolean calledFromNative) {

    private static final List<Path> SOURCES = List.of(Path.of("bindings/src/generated/java"), Path.of("bindings/src/main/java"));
    private static final Pattern SHAPE = Pattern.compile("FunctionDescriptor\\s*\\.(of|ofVoid)\\(");
    private static final Pattern OPTION = Pattern.compile("(captureCallState|firstVariadicArg|critical)\\(([^)]*)\\)");

    /** @param root the repository */
    static List<CallShapes> all(Path root) throws IOException, ReflectiveOperationException {
        List<CallShapes> shapes = new ArrayList<>();
        for (Path folder : SOURCES) {
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                    shapes.addAll(in(Files.readString(file), file));
                }
            }
        }
        return shapes;
    }

    private static List<CallShapes> in(String source, Path file) throws ReflectiveOperationException {
        List<CallShapes> shapes = new ArrayList<>();
        Matcher matcher = SHAPE.matcher(source);
        while (matcher.find()) {
            int end = closing(source, matcher.end());
            List<MemoryLayout> layouts = new ArrayList<>();
            for (String argument : source.substring(matcher.end(), end).split(",")) {
                if (!argument.isBlank()) {
                    layouts.add(layout(argument.strip(), file));
                }
            }
            Optional<MemoryLayout> result = matcher.group(1).equals("of") ? Optional.of(layouts.removeFirst()) : Optional.empty();
            String statement = source.substring(end, source.indexOf(';', end));
            boolean callback = source.substring(0, matcher.start()).endsWith("$DESC = ");
            shapes.add(new CallShapes(result, List.copyOf(layouts), options(statement), callback));
        }
        if (shapes.stream().mapToInt(shape -> shape.options().size()).sum() != options(source).size()) {
            throw new IllegalStateException(file + ": write FunctionDescriptor.of(…) into the statement of its Linker.Option");
        }
        return shapes;
    }

    private static List<String> options(String source) {
        return OPTION.matcher(source).results().map(option -> switch (option.group(1)) {
            case "captureCallState" -> "\"captureCallState\": true";
            case "firstVariadicArg" -> "\"firstVariadicArg\": " + option.group(2);
            default -> "\"critical\": {\"allowHeapAccess\": " + option.group(2) + "}";
        }).toList();
    }

    private static int closing(String source, int from) {
        int depth = 1;
        int at = from;
        while (depth > 0) {
            char c = source.charAt(at++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return at - 1;
    }

    private static MemoryLayout layout(String argument, Path file) throws ReflectiveOperationException {
        if (argument.matches("(ValueLayout\\.)?(ADDRESS|JAVA_[A-Z]+)")) {
            return (MemoryLayout) ValueLayout.class.getField(argument.replace("ValueLayout.", "")).get(null);
        }
        if (argument.matches("LlamaFfm\\.C_[A-Z_]+")) {
            return (MemoryLayout) generated("LlamaFfm").getField(argument.replace("LlamaFfm.", "")).get(null);
        }
        if (argument.matches("\\w+\\.layout\\(\\)")) {
            return (MemoryLayout) generated(argument.replace(".layout()", "")).getMethod("layout").invoke(null);
        }
        throw new IllegalStateException(file + ": what is the layout " + argument + "?");
    }

    private static Class<?> generated(String name) throws ClassNotFoundException {
        return Class.forName(GeneratedLayouts.PACKAGE + "." + name);
    }
}
