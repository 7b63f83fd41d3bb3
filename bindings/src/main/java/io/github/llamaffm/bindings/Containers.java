package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** Whether a program runs in a container, as far as the container shows it: for advice, nothing depends on it. */
public final class Containers {

    private static final List<String> FILES = List.of(".dockerenv", "run/.containerenv", "var/run/secrets/kubernetes.io");
    private static final List<String> GROUPS = List.of("docker", "kubepods", "containerd", "libpod", "lxc");

    private Containers() {}

    /**
     * Looks for the files, the variable and the control group that the usual ones bring.
     *
     * @param root of the file system, {@code /} as a rule
     * @param environment variables
     */
    public static boolean isContainer(Path root, UnaryOperator<String> environment) {
        if (environment.apply("KUBERNETES_SERVICE_HOST") != null) {
            return true;
        }
        for (String file : FILES) {
            if (Files.exists(root.resolve(file))) {
                return true;
            }
        }
        String groups;
        try {
            groups = new String(Bytes.of(root.resolve("proc/1/cgroup")), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return false;
        }
        for (String name : GROUPS) {
            if (groups.contains(name)) {
                return true;
            }
        }
        return false;
    }
}
