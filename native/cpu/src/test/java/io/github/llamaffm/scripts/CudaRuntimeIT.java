package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code native/build cuda13-runtime} with wheels of a few bytes: what it takes of them, and what it refuses. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "NVIDIA's wheels that are pinned are for Linux x86-64")
class CudaRuntimeIT {

    @TempDir
    private Path folder;

    private Checkout checkout;
    private String requirements = "";

    @BeforeEach
    void makeCheckout() {
        checkout = new Checkout(folder);
        checkout.environment.put("PIP_NO_INDEX", "1");
        checkout.environment.put("PIP_FIND_LINKS", folder.resolve("wheels").toUri().toString());
        checkout.write("third_party/llama.cpp/pin.properties", "release=v1.2\ntree=0\n");
        checkout.write("bindings/bindings.lock", "abi.id=0123456789ab\n");
    }

    private Path wheel(String name, String licence, String... libraries) throws IOException {
        Path wheel = Files.createDirectories(folder.resolve("wheels")).resolve(name.replace('-', '_') + "-1-py3-none-any.whl");
        String info = name.replace('-', '_') + "-1.dist-info/";
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            add(zip, info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1\n");
            add(zip, info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            add(zip, info + "RECORD", "");
            add(zip, info + "licenses/License.txt", licence);
            for (String library : libraries) {
                add(zip, "nvidia/cu13/lib/" + library, "this is " + library);
            }
        }
        String hash = Checkout.prepare(folder, "sha256sum", wheel.toString()).substring(0, 64);
        requirements += name + "==1 --hash=sha256:" + hash + "\n";
        checkout.write("native/cuda/requirements.txt", "# The toolkit.\nnvidia-cuda-nvcc==9 --hash=sha256:0\n" + requirements);
        return wheel;
    }

    private static void add(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private Run build() {
        return checkout.run("native/build", "cuda13-runtime");
    }

    @Test
    void takesTheLibrariesAndTheirLicenceForEveryCore() throws IOException {
        wheel("nvidia-cuda-runtime", "yours", "libcudart.so.13", "libcudart_static.a");
        wheel("nvidia-cublas", "yours", "libcublas.so.13", "libcublasLt.so.13", "libnvblas.so.13");

        Run run = build();

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.path()).isDirectoryNotContaining("glob:**/*{static,nvblas}*");
        assertThat(run.path().resolve("libcublasLt.so.13")).hasContent("this is libcublasLt.so.13");
        assertThat(run.path().resolve("LICENSE-NVIDIA.txt")).hasContent("yours");
        assertThat(run.path().resolve("index.properties")).content()
                .contains("abi.id=none\n", "backend=cuda13-runtime\n", "nvidia-cuda-runtime 1, nvidia-cublas 1\n",
                        "file.libcudart.so.13=23 ", "file.libcublas.so.13=", "file.libcublasLt.so.13=", "file.LICENSE-NVIDIA.txt=5 ")
                .doesNotContain("modules=", "core=");

        checkout.write("bindings/bindings.lock", "abi.id=ba9876543210\n");
        assertThat(build().path()).isEqualTo(run.path());
    }

    @Test
    void refusesLicencesOfWhichOneWouldBeLost() throws IOException {
        wheel("nvidia-cuda-runtime", "yours", "libcudart.so.13");
        wheel("nvidia-cublas", "ours", "libcublas.so.13", "libcublasLt.so.13");

        assertThat(build().err()).contains("error: NVIDIA's wheels have different licences");
        assertThat(checkout.cache.resolve("native")).isDirectoryNotContaining("glob:**/cuda13-runtime-*");
    }

    @Test
    void refusesAnotherWheelThanThePinnedOne() throws IOException {
        wheel("nvidia-cuda-runtime", "yours", "libcudart.so.13");
        Path pinned = wheel("nvidia-cublas", "yours", "libcublas.so.13", "libcublasLt.so.13");
        Files.write(pinned, new byte[100]);

        assertThat(build().err()).contains("DO NOT MATCH THE HASHES", "error: pip cannot fetch CUDA's run-time libraries.");
    }
}
