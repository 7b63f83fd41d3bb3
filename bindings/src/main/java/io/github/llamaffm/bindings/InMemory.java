package io.github.llamaffm.bindings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Libraries of a jar in the memory of this process, where no folder can be used (Linux). Each is written when it is asked for, and
 * stays.
 *
 * <p>A module finds the core library, which it needs by name, because that is open: glibc compares names of what is open with
 * the name that a library has for itself. musl compares paths only, so there the core's path is written into the module in
 * place of its name.
 */
final class InMemory implements LibraryFiles {

    /** Of memory that cannot be swapped out as files are: CUDA's run-time libraries have more. */
    private static final long MAX_BYTES = 256L << 20;

    private final PackedNatives natives;
    private final Map<String, MemoryFile> files = new HashMap<>();

    private InMemory(PackedNatives natives) {
        this.natives = natives;
    }

    /** @throws Unusable if these libraries take too much memory */
    static InMemory of(PackedNatives natives) throws Unusable {
        long bytes = natives.index().bytes();
        if (bytes > MAX_BYTES) {
            throw new Unusable("these libraries take " + (bytes >> 20) + " MiB of memory, at most " + (MAX_BYTES >> 20)
                    + " are taken");
        }
        return new InMemory(natives);
    }

    @Override
    public Path path(String name) throws Unusable {
        Optional<Path> open = open(name);
        return open.isPresent() ? open.get() : own(name);
    }

    /** Another class loader may have opened the core: of a second copy the system would not know that it is the same. */
    private static Optional<Path> open(String name) {
        return LoadedModules.core(name).filter(MemoryFile::isPath);
    }

    private Path own(String name) throws Unusable {
        MemoryFile file = files.get(name);
        if (file == null) {
            file = written(name);
            files.put(name, file);
        }
        return file.path();
    }

    @Override
    public String label(String name) {
        Optional<Path> path = open(name).or(() -> Optional.ofNullable(files.get(name)).map(MemoryFile::path));
        return name + " in memory" + path.map(it -> " (" + it + ")").orElse("");
    }

    // The system knows an open library by its path, and the next file may have the same one: so the descriptor stays where the
    // library does, which a C library may keep although it was closed.
    @Override
    public void release(String name) {
        MemoryFile file = files.get(name);
        if (file != null && !ProcessMaps.current().files().contains(ProcessMaps.inMemory(name))) {
            files.remove(name).close();
        }
    }

    private MemoryFile written(String name) throws Unusable {
        MemoryFile file = MemoryFile.create(name);
        boolean done = false;
        try {
            try (OutputStream out = file.write()) {
                write(name, out);
            }
            file.seal();
            done = true;
            return file;
        } catch (IOException e) {
            throw Unusable.because("a file in memory cannot be written", e);
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    private void write(String name, OutputStream out) throws IOException, Unusable {
        Optional<String> core = natives.index().core();
        if (core.isEmpty() || core.get().equals(name) || !natives.index().platform().endsWith("-musl")) {
            natives.copy(name, out);
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        natives.copy(name, bytes);
        out.write(withPath(bytes.toByteArray(), core.get(), path(core.get()).toString()));
    }

    /** Writes a path where an ELF file has a name that it needs. */
    static byte[] withPath(byte[] elf, String needed, String path) {
        byte[] old = (needed + '\0').getBytes(StandardCharsets.US_ASCII);
        byte[] replacement = Arrays.copyOf(path.getBytes(StandardCharsets.US_ASCII), old.length);
        for (int i = 0; i + old.length <= elf.length; i++) {
            if (elf[i] == old[0] && Arrays.equals(elf, i, i + old.length, old, 0, old.length)) {
                System.arraycopy(replacement, 0, elf, i, old.length);
            }
        }
        return elf;
    }
}
