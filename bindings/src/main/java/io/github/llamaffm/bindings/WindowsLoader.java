package io.github.llamaffm.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Opens libraries on Windows.
 *
 * <p>Names go to the system as UTF-16 and symbols are asked of its own handle: the JDK opens a library by its name in the
 * system's 8-bit character set, which has no letters for the folder of many a user.
 */
final class WindowsLoader {

    /** Looks for what a library needs in the library's folder, not in that of java.exe. For absolute paths only. */
    private static final int LOAD_WITH_ALTERED_SEARCH_PATH = 0x8;

    private static final int FORMAT_MESSAGE_IGNORE_INSERTS = 0x200;
    private static final int FORMAT_MESSAGE_FROM_SYSTEM = 0x1000;
    private static final int FORMAT_MESSAGE_MAX_WIDTH_MASK = 0xff;
    private static final int MESSAGE_CHARS = 1024;

    private WindowsLoader() {}

    /**
     * What a library that was asked for came to.
     *
     * @param symbols its functions, empty if it did not open
     * @param reason  of the system, empty if it is open
     */
    record Opened(Optional<SymbolLookup> symbols, String reason) {}

    /** @param library an absolute path, or a name that the system searches for */
    static Opened open(String library) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup kernel = SymbolLookup.libraryLookup("kernel32", Arena.global());
        MethodHandle load = linker.downcallHandle(
                kernel.findOrThrow("LoadLibraryExW"),
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
                Linker.Option.captureCallState("GetLastError"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment name = arena.allocateFrom(library, StandardCharsets.UTF_16LE);
            MemorySegment handle = (MemorySegment) load.invokeExact(state, name, MemorySegment.NULL, flags(library));
            if (handle.address() == 0) {
                int error = (int) Linker.Option.captureStateLayout()
                        .varHandle(PathElement.groupElement("GetLastError"))
                        .get(state, 0L);
                return new Opened(Optional.empty(), reason(error, message(kernel, error)));
            }
            return new Opened(Optional.of(symbols(kernel, handle)), "");
        } catch (Throwable e) {
            throw new AssertionError("LoadLibraryExW does not throw", e);
        }
    }

    /** The system does without the other folders only where it is given a path. */
    static int flags(String library) {
        return library.indexOf('\\') >= 0 ? LOAD_WITH_ALTERED_SEARCH_PATH : 0;
    }

    /** The number too: the system's words are in its own language. */
    static String reason(int error, String message) {
        String text = switch (error) {
            case 126 -> "it or a library that it needs was not found";
            case 127 -> "a library that it needs is of another version";
            case 193 -> "it is damaged or built for another processor";
            case 577 -> "its signature is refused";
            case 1260, 4551 -> "a policy of this system blocks it";
            default -> "";
        };
        String words = message.strip();
        return "error " + error + (text.isEmpty() ? "" : ": " + text) + (words.isEmpty() ? "" : " (" + words + ")");
    }

    private static SymbolLookup symbols(SymbolLookup kernel, MemorySegment library) {
        MethodHandle find = Linker.nativeLinker().downcallHandle(
                kernel.findOrThrow("GetProcAddress"), FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        return name -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment address = (MemorySegment) find.invokeExact(library, arena.allocateFrom(name));
                return address.address() == 0 ? Optional.empty() : Optional.of(address);
            } catch (Throwable e) {
                throw new AssertionError("GetProcAddress does not throw", e);
            }
        };
    }

    private static String message(SymbolLookup kernel, int error) throws Throwable {
        MethodHandle format = Linker.nativeLinker().downcallHandle(
                kernel.findOrThrow("FormatMessageW"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(JAVA_CHAR, MESSAGE_CHARS);
            int chars = (int) format.invokeExact(
                    FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK,
                    MemorySegment.NULL, error, 0, text, MESSAGE_CHARS, MemorySegment.NULL);
            return chars > 0 ? text.getString(0, StandardCharsets.UTF_16LE) : "";
        }
    }
}
