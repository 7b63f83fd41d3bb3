package io.github.llamaffm.natives;

import io.github.llamaffm.bindings.LoadReport;
import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.NativeLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A process that loads the native library and writes what came of it, success or failure, to a file. With the property
 * {@code lost.cache} it removes that folder in between.
 */
public final class LoadProcess {

    private LoadProcess() {}

    public static void main(String[] args) throws Exception {
        Files.writeString(Path.of(args[0]), load());
    }

    /** One line for each fact. Also called by reflection, in a class loader of its own. */
    public static String load() {
        try {
            removeCache();
            NativeLibrary.loadGpuModules();
            LoadReport report = NativeLibrary.report();
            StringBuilder facts = new StringBuilder();
            facts.append("core ").append(report.core()).append('\n');
            facts.append("abi ").append(report.abiId()).append('\n');
            report.cpuModule().ifPresent(path -> facts.append("cpu ").append(path).append('\n'));
            facts.append("devices ").append(devices() - report.leftOut().size()).append('\n');
            report.candidates().forEach(candidate -> facts.append("candidate ").append(candidate).append('\n'));
            report.warnings().forEach(warning -> facts.append("warning ").append(warning).append('\n'));
            return facts.toString();
        } catch (NativeLoadException e) {
            return "failure " + e.getMessage() + '\n';
        }
    }

    private static void removeCache() {
        String cache = System.getProperty("lost.cache");
        if (cache != null) {
            NativeLibrary.report();
            try (Stream<Path> files = Files.walk(Path.of(cache))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static long devices() {
        FunctionDescriptor shape =
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
        MemorySegment function = NativeLibrary.lookup().findOrThrow("lf_devices");
        try {
            return (long) Linker.nativeLinker().downcallHandle(function, shape).invokeExact(MemorySegment.NULL, 0L);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
