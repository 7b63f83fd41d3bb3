package io.github.llamaffm.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    private Path folder;

    @Test
    void appearsWhenItIsWhole() throws IOException {
        Path target = folder.resolve("a");
        try (AtomicFile file = new AtomicFile(target)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(target).doesNotExist();
            file.commit();
        }
        assertThat(target).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(folder).isDirectoryContaining(target::equals).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void leavesTheOldOneWhereItIsNotFinished() throws IOException {
        Path target = Files.write(folder.resolve("a"), new byte[] {9});
        try (AtomicFile file = new AtomicFile(target)) {
            file.write(ByteBuffer.wrap(new byte[1000]));
        }
        assertThat(target).hasBinaryContent(new byte[] {9});
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void replacesAnOlderOne() throws IOException {
        Path target = Files.write(folder.resolve("a"), new byte[] {9});
        try (AtomicFile file = new AtomicFile(target)) {
            file.write(ByteBuffer.wrap(new byte[] {1}));
            file.commit();
        }
        assertThat(target).hasBinaryContent(new byte[] {1});
    }
}
