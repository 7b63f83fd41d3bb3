package io.github.llamaffm;

import io.github.llamaffm.bindings.Containers;
import io.github.llamaffm.bindings.Translation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a machine explains that a GPU is not used.
 *
 * @param root of the file system
 * @param environment variables
 * @param translated whether this JVM runs on another processor than it is built for
 */
record Machine(Path root, UnaryOperator<String> environment, boolean translated) {

    private static final Pattern NVIDIA_VERSION = Pattern.compile("Kernel Module\\b.*?\\s(\\d+\\.[\\d.]+)\\s");

    static Machine current() {
        return new Machine(Path.of("/"), System::getenv, Translation.isTranslated());
    }

    /** Of drivers, as the system tells them, by what they are of. */
    Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        read("proc/driver/nvidia/version").map(NVIDIA_VERSION::matcher).filter(Matcher::find)
                .ifPresent(match -> versions.put("NVIDIA driver", match.group(1)));
        return versions;
    }

    /** What a reader should know, with the next step. */
    List<String> notes(List<RuntimeReport.Candidate> candidates) {
        List<String> notes = new ArrayList<>();
        if (translated) {
            notes.add("this JVM is built for x86-64 and translated by Rosetta, which is slow and has no GPU: install a JDK for AArch64");
        }
        // Of NVIDIA's files the loader tells itself, as the reason of the module.
        if (Containers.isContainer(root, environment) && finds(candidates, "vulkan") && !exists("dev/dri") && !exists("dev/nvidiactl")) {
            notes.add("this container has no device files of a GPU: start it with --device /dev/dri, or for NVIDIA with --gpus all");
        }
        return notes;
    }

    private static boolean finds(List<RuntimeReport.Candidate> candidates, String backend) {
        return candidates.stream().anyMatch(candidate -> candidate.gpuBackend().filter(backend::equals).isPresent());
    }

    private boolean exists(String name) {
        return Files.exists(root.resolve(name));
    }

    private Optional<String> read(String name) {
        try {
            return Optional.of(Files.readString(root.resolve(name)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
