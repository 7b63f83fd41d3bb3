package io.github.llamaffm;

import io.github.llamaffm.internal.FileStamp;
import io.github.llamaffm.internal.Fingerprint;
import io.github.llamaffm.internal.ModelFile;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files that a model was loaded from. Any thread. */
final class ModelFiles {

    /** Of each file: a megabyte in all, so that a fingerprint takes milliseconds whatever the model's size. */
    private static final int SAMPLES = 256;

    private static final int SAMPLE_BYTES = 4096;

    private static final Pattern SPLIT = Pattern.compile("(.*)-00001-of-([0-9]{5})\\.gguf");

    private final String name;
    private final List<ModelFile> files;
    private final List<FileStamp> stamps;
    private @Nullable String fingerprint;

    private ModelFiles(String name, List<ModelFile> files, List<FileStamp> stamps) {
        this.name = name;
        this.files = files;
        this.stamps = stamps;
    }

    /**
     * Remembers what the files are like while they are loaded.
     *
     * @param named what the source names
     */
    static ModelFiles of(ModelSource source, List<ModelFile> named) throws IOException {
        List<ModelFile> files = new ArrayList<>();
        List<FileStamp> stamps = new ArrayList<>();
        for (ModelFile file : named.size() == 1 ? withSiblings(named.getFirst()) : named) {
            FileStamp stamp = FileStamp.of(file.path());
            stamps.add(stamp);
            files.add(file.length() > 0 ? file : new ModelFile(file.path(), 0, stamp.size()));
        }
        return new ModelFiles(nameOf(source), List.copyOf(files), List.copyOf(stamps));
    }

    /** Of the file, or of the first one: without folders, which may name a user. */
    static String nameOf(ModelSource source) {
        return switch (source) {
            case FileSource file -> String.valueOf(file.path().getFileName());
            case SplitSource split -> String.valueOf(split.files().getFirst().getFileName());
            case ResourceSource resource -> resource.name().substring(resource.name().lastIndexOf('/') + 1);
        };
    }

    /** As {@link #nameOf}. */
    String name() {
        return name;
    }

    int count() {
        return files.size();
    }

    /** Of all files together. */
    long bytes() {
        long bytes = 0;
        for (ModelFile file : files) {
            bytes += file.length();
        }
        return bytes;
    }

    /** The parts that llama.cpp finds by itself next to the first one. */
    private static List<ModelFile> withSiblings(ModelFile first) {
        Matcher matcher = SPLIT.matcher(first.path().getFileName().toString());
        if (!matcher.matches()) {
            return List.of(first);
        }
        int count = Integer.parseInt(matcher.group(2));
        List<ModelFile> all = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Path part = first.path().resolveSibling("%s-%05d-of-%05d.gguf".formatted(matcher.group(1), i, count));
            if (!part.toFile().exists()) {
                return List.of(first);
            }
            all.add(ModelFile.whole(part));
        }
        return all;
    }

    /**
     * Size and samples.
     *
     * @throws StateException if the files are not what they were any more
     */
    synchronized String fingerprint() {
        if (fingerprint == null) {
            fingerprint = read();
        }
        return fingerprint;
    }

    private String read() {
        try {
            for (int i = 0; i < files.size(); i++) {
                if (!FileStamp.of(files.get(i).path()).equals(stamps.get(i))) {
                    throw new StateException("the model's file %s changed since it was loaded: states cannot name it; load it again"
                            .formatted(files.get(i).path()));
                }
            }
            return "%d bytes in %d file%s, samples %016x".formatted(bytes(), files.size(), files.size() == 1 ? "" : "s",
                    Fingerprint.ofSamples(files, SAMPLES, SAMPLE_BYTES));
        } catch (ClosedByInterruptException e) {
            throw new CancelledException("the thread was interrupted while it read the model's file, which states are told apart by");
        } catch (IOException e) {
            throw new StateException("the model's file cannot be read any more, which states are told apart by: " + e,
                    List.of(), e);
        }
    }
}
