package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void manyLinesBecomeOne() {
        var failure = new IllegalStateException("nothing worked:\n  - this\r\n\n  - that\n");

        assertThat(Failure.oneLine(failure)).isEqualTo("nothing worked:; - this; - that");
    }

    @Test
    void filesystemFailuresSayWhatIsWrongWithTheFile() {
        assertThat(Failure.oneLine(new NoSuchFileException("a.gguf"))).isEqualTo("no such file: a.gguf");
        assertThat(Failure.oneLine(new AccessDeniedException("a.gguf"))).isEqualTo("access denied: a.gguf");
        assertThat(Failure.oneLine(new FileSystemException("a.gguf"))).isEqualTo("cannot use a.gguf");
        assertThat(Failure.oneLine(new FileSystemException("a.gguf", null, "Disk full"))).isEqualTo("a.gguf: Disk full");
    }

    @Test
    void aFailureWithoutAMessageIsNamed() {
        assertThat(Failure.oneLine(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
        assertThat(Failure.oneLine(new NullPointerException("name"))).contains("NullPointerException", "name");
    }
}
