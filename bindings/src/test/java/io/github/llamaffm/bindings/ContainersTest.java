package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainersTest {

    @TempDir
    private Path root;

    private boolean isContainer() {
        return Containers.isContainer(root, _ -> null);
    }

    @Test
    void aMachineIsNone() throws IOException {
        assertThat(isContainer()).isFalse();
        Files.createDirectories(root.resolve("proc/1"));
        Files.writeString(root.resolve("proc/1/cgroup"), "0::/init.scope\n");
        assertThat(isContainer()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {".dockerenv", "run/.containerenv", "var/run/secrets/kubernetes.io"})
    void filesTell(String file) throws IOException {
        Files.createDirectories(root.resolve(file));
        assertThat(isContainer()).isTrue();
    }

    @Test
    void theControlGroupTells() throws IOException {
        Files.createDirectories(root.resolve("proc/1"));
        Files.writeString(root.resolve("proc/1/cgroup"), "0::/kubepods/besteffort/pod1\n");
        assertThat(isContainer()).isTrue();
    }

    @Test
    void kubernetesTellsByAVariable() {
        assertThat(Containers.isContainer(root, name -> name.equals("KUBERNETES_SERVICE_HOST") ? "10.0.0.1" : null)).isTrue();
    }
}
