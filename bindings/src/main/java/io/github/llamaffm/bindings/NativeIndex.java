package io.github.llamaffm.bindings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The list of contents of a folder of native libraries: {@value #FILE_NAME}.
 *
 * @param platform what the libraries are built for
 * @param backend  such as {@code cpu}
 * @param abiId    12 hexadecimal digits; libraries and bindings of equal ids fit each other
 * @param toolchain what compiled them, in words; may be empty
 * @param core     file name of the core library; absent where the folder only holds modules for it
 * @param modules  file names of the backend modules
 * @param files    every file of the folder but the index itself
 */
record NativeIndex(
        String platform,
        String backend,
        String abiId,
        String toolchain,
        Optional<String> core,
        List<String> modules,
        Map<String, Entry> files) {

    static final String FILE_NAME = "index.properties";

    private static final String FORMAT = "1";
    private static final String FILE_PREFIX = "file.";

    /** How its toolchain begins where each library has a C++ runtime of its own; other compilers' share the system's. */
    private static final String OWN_RUNTIME = "zig ";

    /**
     * @param size   in bytes
     * @param sha256 64 lower-case hexadecimal digits
     */
    record Entry(long size, String sha256) {}

    static NativeIndex read(Path folder) throws Unusable {
        Path file = folder.resolve(FILE_NAME);
        try {
            return parse(Bytes.of(file));
        } catch (IOException e) {
            throw Unusable.because("no " + FILE_NAME + " to read in " + folder, e);
        }
    }

    static NativeIndex parse(byte[] utf8) throws Unusable {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(utf8, StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            throw new Unusable(FILE_NAME + " cannot be parsed: " + e.getMessage());
        }
        String format = required(properties, "format");
        if (!format.equals(FORMAT)) {
            throw new Unusable(
                    FILE_NAME + " has format " + format + ", this version of llama-ffm reads format " + FORMAT,
                    "Use native libraries and llama-ffm of one release.");
        }
        Map<String, Entry> files = new LinkedHashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(FILE_PREFIX)) {
                String name = key.substring(FILE_PREFIX.length());
                files.put(requirePlain(name), entry(name, properties.getProperty(key)));
            }
        }
        NativeIndex index = new NativeIndex(
                requirePlain(required(properties, "platform")),
                requirePlain(required(properties, "backend")),
                requirePlain(required(properties, "abi.id")),
                properties.getProperty("toolchain", ""),
                Optional.ofNullable(properties.getProperty("core")),
                names(properties.getProperty("modules", "")),
                Map.copyOf(files));
        index.requireListed();
        return index;
    }

    /** Of all files together. */
    long bytes() {
        return files.values().stream().mapToLong(Entry::size).sum();
    }

    /** The core library's file name. */
    String requireCore() throws Unusable {
        return core.orElseThrow(() -> new Unusable(FILE_NAME + " names no core library"));
    }

    /** Whether an error may pass from a library of one folder to a library of the other: else it ends the process. */
    boolean sharesRuntimeWith(NativeIndex other) {
        return toolchain.startsWith(OWN_RUNTIME) == other.toolchain.startsWith(OWN_RUNTIME);
    }

    /** Whether a module only connects to RPC servers: it is loaded when a program asks for one. */
    static boolean isRpcModule(String fileName) {
        return backendOf(fileName).equals("rpc");
    }

    /** Whether a module computes on the CPU: one of them is loaded with the core, all others later. */
    static boolean isCpuModule(String fileName) {
        return fileName.contains("ggml-cpu");
    }

    /** The backend of a module: {@code cuda} of {@code libggml-cuda.so}. */
    static String backendOf(String fileName) {
        int start = fileName.indexOf("ggml-") + "ggml-".length();
        int end = fileName.indexOf('.', start);
        return fileName.substring(start, end < 0 ? fileName.length() : end);
    }

    private void requireListed() throws Unusable {
        List<String> used = new ArrayList<>(modules);
        core.ifPresent(used::add);
        for (String name : used) {
            if (!files.containsKey(name)) {
                throw new Unusable(FILE_NAME + " names " + name + " without its size and hash");
            }
        }
    }

    private static Entry entry(String name, String value) throws Unusable {
        int space = value.indexOf(' ');
        try {
            String sha256 = value.substring(space + 1);
            long size = Long.parseLong(value, 0, space, 10);
            if (size >= 0 && sha256.length() == 64) {
                return new Entry(size, sha256);
            }
        } catch (NumberFormatException | IndexOutOfBoundsException _) {
            // The same answer as for a size or hash that is out of range.
        }
        throw new Unusable(FILE_NAME + ": " + FILE_PREFIX + name + "=" + value + " is not \"<size> <sha256>\"");
    }

    private static List<String> names(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(","));
    }

    private static String required(Properties properties, String key) throws Unusable {
        String value = properties.getProperty(key, "");
        if (value.isEmpty()) {
            throw new Unusable(FILE_NAME + " has no " + key);
        }
        return value;
    }

    // Names become files in the cache: a hostile index must not reach out of its folder.
    private static String requirePlain(String name) throws Unusable {
        boolean plain = !name.isEmpty() && !name.startsWith(".");
        for (int i = 0; i < name.length() && plain; i++) {
            char c = name.charAt(i);
            plain = c != '/' && c != '\\' && c != ':' && c >= ' ';
        }
        if (!plain) {
            throw new Unusable(FILE_NAME + " names \"" + name + "\", which is not a plain file name");
        }
        return name;
    }
}
