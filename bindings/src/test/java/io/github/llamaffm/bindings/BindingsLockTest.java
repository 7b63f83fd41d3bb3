package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated bindings belong to the pinned headers. */
class BindingsLockTest {
    private static final String LLAMA_H = "third_party/llama.cpp/source/include/llama.h";
    private static final String GENERATED = "bindings/src/generated/java/io/github/llamaffm/bindings/generated/";

    @Test
    void nothingHasDrifted() {
        assertThat(new BindingsLock(BindingsLock.repository()).drift()).isEmpty();
    }

    /** Shows, in a copy of the repository, that the test above can fail. */
    @Nested
    class Notices {
        @TempDir
        Path copy;

        @BeforeEach
        void copyRepository() throws IOException {
            Path root = BindingsLock.repository();
            for (String part : new String[] {
                "third_party/llama.cpp/source/include", "third_party/llama.cpp/source/ggml/include",
                "third_party/llama.cpp/source/tools/mtmd", "third_party/llama.cpp/pin.properties",
                "native/shim", "bindings/bindings.lock", "bindings/src/generated"
            }) {
                try (Stream<Path> walk = Files.walk(root.resolve(part))) {
                    for (Path file : walk.filter(Files::isRegularFile).toList()) {
                        Path target = copy.resolve(root.relativize(file).toString());
                        Files.createDirectories(target.getParent());
                        Files.copy(file, target);
                    }
                }
            }
            assertThat(new BindingsLock(copy).drift()).isEmpty();
        }

        @Test
        void aChangedHeader() throws IOException {
            edit(LLAMA_H, "int32_t n_gpu_layers;", "int64_t n_gpu_layers;");
            assertDrift("header.include/llama.h is ");
        }

        @Test
        void aChangedEnumValue() throws IOException {
            edit(LLAMA_H, "LLAMA_VOCAB_TYPE_BPE    = 2", "LLAMA_VOCAB_TYPE_BPE    = 9");
            assertDrift("header.include/llama.h is ");
        }

        @Test
        void aChangedShimHeader() throws IOException {
            edit("native/shim/llamaffm.h", "LF_SHIM_VERSION", "LF_SHIM_VERSION_");
            assertDrift("shim.native/shim/llamaffm.h is ");
        }

        @Test
        void aChangedGeneratedFile() throws IOException {
            edit(GENERATED + "llama_batch.java", "C_INT", "C_LONG_LONG");
            assertDrift("output." + GENERATED + "llama_batch.java is ");
        }

        @Test
        void aChangedLayoutTable() throws IOException {
            edit("native/shim/abi_table.inc", "LF_SIZEOF(struct llama_batch, \"llama_batch\")\n", "");
            assertDrift("output.native/shim/abi_table.inc is ");
        }

        @Test
        void aChangedAllowList() throws IOException {
            edit("bindings/src/generated/includes.txt", "--include-function llama_decode\n", "");
            assertDrift("input.bindings/src/generated/includes.txt is ");
        }

        @Test
        void aMissingGeneratedFile() throws IOException {
            Files.delete(copy.resolve(GENERATED + "llama_batch.java"));
            assertDrift("output." + GENERATED + "llama_batch.java is missing");
        }

        @Test
        void aGeneratedFileThatNothingGenerated() throws IOException {
            Files.writeString(copy.resolve(GENERATED + "llama_extra.java"), "");
            assertDrift(GENERATED + "llama_extra.java is not in ");
        }

        @Test
        void anotherPin() throws IOException {
            edit("third_party/llama.cpp/pin.properties", "tree=fd570ef5", "tree=0d570ef5");
            assertDrift("llama.cpp.tree is 0d570ef5");
        }

        @Test
        void anAbiIdOfOtherHeaders() throws IOException {
            edit("bindings/bindings.lock", "abi.id=", "abi.id=0");
            assertDrift("abi.id is " + new BindingsLock(BindingsLock.repository()).abiId() + ", but ");
        }

        @Test
        void missingSources() throws IOException {
            Files.move(copy.resolve("third_party/llama.cpp/source"), copy.resolve("elsewhere"));
            assertDrift("no llama.cpp sources in ");
        }

        private void edit(String path, String from, String to) throws IOException {
            String text = Files.readString(copy.resolve(path));
            assertThat(text).contains(from);
            Files.writeString(copy.resolve(path), text.replace(from, to));
        }

        private void assertDrift(String expected) {
            assertThat(new BindingsLock(copy).drift()).singleElement().asString().startsWith(expected);
        }
    }
}
