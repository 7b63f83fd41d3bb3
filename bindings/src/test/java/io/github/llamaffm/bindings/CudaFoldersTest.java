package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaFoldersTest {

    private static final String CUDART = "libcudart.so.13";

    @TempDir
    private Path root;

    @BeforeEach
    void resolveLinks() throws IOException {
        root = root.toRealPath();
    }

    private CudaFolders folders(Map<String, String> environment) {
        return new CudaFolders(root, root.resolve("home").toString(), environment::get);
    }

    private Path file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private Optional<Path> usual(Map<String, String> environment) {
        return folders(environment)
                .usual()
                .stream()
                .map(folder -> folder.resolve(CUDART))
                .filter(Files::exists)
                .findFirst();
    }

    @Test
    void whatTheUserNamesForUsComesBeforeNvidiasVariables() {
        List<Path> named = folders(Map.of("CUDA_HOME", "/home-of-cuda", "CUDA_PATH", "/path-of-cuda"))
                .named(List.of(new LoaderSettings.Named("LLAMAFFM_CUDA_PATH", "/ours")));

        assertThat(named)
                .containsSubsequence(
                        Path.of("/ours"),
                        Path.of("/ours/lib64"),
                        Path.of("/path-of-cuda/lib64"),
                        Path.of("/home-of-cuda/targets/x86_64-linux/lib"));
        assertThat(folders(Map.of("CUDA_PATH", "relative")).named(List.of())).isEmpty();
    }

    @Test
    void findsToolkits() throws IOException {
        Path older = file("usr/local/cuda-13.0/targets/x86_64-linux/lib/" + CUDART);
        assertThat(usual(Map.of())).hasValue(older);

        Path newer = file("usr/local/cuda-13.1/lib64/" + CUDART);
        assertThat(usual(Map.of())).hasValue(newer);
    }

    @Test
    void findsWheelsOfTheActiveEnvironmentFirst() throws IOException {
        assertThat(usual(Map.of())).isEmpty();

        Path users = file("home/.local/lib/python3.13/site-packages/nvidia/cu13/lib/" + CUDART);
        assertThat(usual(Map.of())).hasValue(users);

        file("opt/py/bin/python3");
        Path onPath = file("opt/py/lib/python3.12/site-packages/nvidia/cu13/lib/" + CUDART);
        Map<String, String> path = Map.of("PATH", String.join(File.pathSeparator, ".", root + "/bin", root + "/opt/py/bin"));
        assertThat(usual(path)).hasValue(onPath);

        Path venv = file("venv/lib/python3.11/site-packages/nvidia/cu13/lib/" + CUDART);
        assertThat(usual(Map.of("VIRTUAL_ENV", root + "/venv", "PATH", path.get("PATH")))).hasValue(venv);
    }

    @Test
    void findsDistributionsPythonAndConda() throws IOException {
        Path conda = file("conda/lib/" + CUDART);
        assertThat(usual(Map.of("CONDA_PREFIX", root + "/conda"))).hasValue(conda);

        file("usr/bin/python3");
        Path debian = file("usr/lib/python3/dist-packages/nvidia/cuda_runtime/lib/" + CUDART);
        assertThat(usual(Map.of("PATH", root + "/usr/bin"))).hasValue(debian);

        Path arch = file("opt/cuda/lib64/" + CUDART);
        assertThat(usual(Map.of("CONDA_PREFIX", root + "/conda"))).hasValue(arch);
    }
}
