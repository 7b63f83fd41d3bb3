package io.github.llamaffm.modeljar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * A jar to be written that holds one GGUF model as {@code META-INF/llama-ffm/models/NAME.gguf}, stored and starting at a
 * multiple of {@value #ALIGNMENT} bytes of the jar file. GGUF aligns tensors within the file, so they are aligned in the
 * jar too and the model can be mapped from there.
 *
 * <pre>{@code
 * ModelJar.of(Path.of("model.gguf")).writeTo(Path.of("model.jar"));
 * }</pre>
 *
 * <p>Equal input gives an equal jar, byte for byte. Immutable; may be written more than once and from any thread.
 */
public final class ModelJar {

    /** Folder of the models in a jar. */
    public static final String FOLDER = "META-INF/llama-ffm/models/";

    /** The model's first byte lies at a multiple of this in the jar file: the alignment that GGUF gives tensors. */
    public static final int ALIGNMENT = 32;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern SPLIT = Pattern.compile(".*-\\d{5}-of-\\d{5}\\.gguf");
    private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

    private final Path model;
    private final String name;
    private final Map<String, String> attributes;
    private final Map<String, byte[]> files;
    private final Progress progress;

    private ModelJar(Builder builder) {
        model = builder.model;
        name = builder.name;
        attributes = new TreeMap<>(builder.attributes);
        files = new LinkedHashMap<>(builder.files);
        progress = builder.progress;
    }

    /**
     * A jar with this model and nothing else, named as the file without its {@code .gguf}.
     *
     * @param model a GGUF file
     * @throws IllegalArgumentException if the file's name does not give a model name; {@link #builder} takes any
     */
    public static ModelJar of(Path model) {
        String file = model.getFileName().toString();
        return builder(model, file.endsWith(".gguf") ? file.substring(0, file.length() - 5) : file).build();
    }

    /**
     * A jar with this model.
     *
     * @param model a GGUF file; it is read by {@link #writeTo}, not here
     * @param name of the model in the jar, without {@code .gguf}: letters, digits, {@code . _ -}
     * @throws IllegalArgumentException if the name has other characters
     */
    public static Builder builder(Path model, String name) {
        return new Builder(model, name);
    }

    /** Name of the jar's entry that holds the model. */
    public String entryName() {
        return FOLDER + name + ".gguf";
    }

    /**
     * Writes the jar, of any size (zip64 above 4 GiB). It appears under its name only when it is complete; an existing
     * file of that name is replaced.
     *
     * @throws IOException if the model is not a whole GGUF file, cannot be read, changes meanwhile, or the jar cannot be
     *     written
     */
    public void writeTo(Path jar) throws IOException {
        Path target = jar.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        Thread undo = Thread.ofPlatform().unstarted(() -> discard(temporary));
        hook(undo);
        try {
            try (FileChannel in = FileChannel.open(model, StandardOpenOption.READ);
                    FileChannel out = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                requireGguf(in);
                StoredZip zip = new StoredZip(out);
                zip.add(JarFile.MANIFEST_NAME, manifest());
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    zip.add(file.getKey(), file.getValue());
                }
                zip.add(entryName(), in, ALIGNMENT, progress);
                zip.finish();
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (StoredZip.WriteException e) {
            throw new IOException("cannot write %s, for a model of %d bytes: %s".formatted(target, Files.size(model), e.getMessage()), e);
        } finally {
            unhook(undo);
            Files.deleteIfExists(temporary);
        }
    }

    /** A process that ends in order meanwhile leaves nothing; one that is killed leaves the temporary file. */
    private static void hook(Thread undo) throws IOException {
        try {
            Runtime.getRuntime().addShutdownHook(undo);
        } catch (IllegalStateException e) {
            throw new IOException("the process is ending", e);
        }
    }

    private static void unhook(Thread undo) {
        try {
            Runtime.getRuntime().removeShutdownHook(undo);
        } catch (IllegalStateException e) {
            // The process ends just now.
        }
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // As after a kill: it is left.
        }
    }

    private void requireGguf(FileChannel in) throws IOException {
        if (SPLIT.matcher(model.getFileName().toString()).matches()) {
            throw new IOException(model + " is one part of a split model. Merge the parts into one file first "
                    + "(llama-gguf-split --merge).");
        }
        ByteBuffer start = ByteBuffer.allocate(MAGIC.length);
        while (start.hasRemaining() && in.read(start, start.position()) > 0) {
            // Until four bytes or the end of the file.
        }
        if (!start.flip().equals(ByteBuffer.wrap(MAGIC))) {
            throw new IOException("%s (%d bytes) is not a GGUF model: it does not start with the letters GGUF."
                    .formatted(model, in.size()));
        }
    }

    private byte[] manifest() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach(manifest.getMainAttributes()::putValue);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        manifest.write(out);
        return out.toByteArray();
    }

    /** Hears how much of the model has been written, on the writing thread, about once per MiB. */
    @FunctionalInterface
    public interface Progress {

        /**
         * Called as bytes are written, the last time with {@code done == total}.
         *
         * @param done bytes of the model written so far
         * @param total size of the model in bytes
         */
        void update(long done, long total);
    }

    /** Collects what goes into the jar beside the model. */
    public static final class Builder {

        private final Path model;
        private final String name;
        private final Map<String, String> attributes = new LinkedHashMap<>();
        private final Map<String, byte[]> files = new LinkedHashMap<>();
        private Progress progress = (done, total) -> {};

        private Builder(Path model, String name) {
            this.model = Objects.requireNonNull(model, "model");
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' cannot name a model in a jar: use letters, digits, "
                        + "'.', '_' and '-', and begin with a letter or digit.");
            }
            this.name = name;
        }

        /** Adds a main attribute to the manifest, such as {@code Automatic-Module-Name}. */
        public Builder attribute(String key, String value) {
            attributes.put(key, value);
            return this;
        }

        /**
         * Adds a small file, such as a licence, with its full name in the jar.
         *
         * @throws IllegalArgumentException if the name is taken
         */
        public Builder file(String entry, byte[] content) {
            if (entry.equals(JarFile.MANIFEST_NAME) || entry.startsWith(FOLDER)
                    || files.putIfAbsent(entry, content.clone()) != null) {
                throw new IllegalArgumentException("The jar already has an entry " + entry);
            }
            return this;
        }

        /** Sets who hears of the progress; nobody by default. */
        public Builder progress(Progress listener) {
            progress = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** The jar, ready to be written. */
        public ModelJar build() {
            return new ModelJar(this);
        }
    }
}
