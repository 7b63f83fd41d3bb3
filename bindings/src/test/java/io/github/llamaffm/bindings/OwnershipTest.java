package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {

    private final Ownership ownership = Ownership.ofThisProcess();

    @TempDir
    private Path scratch;

    private Path folder;
    private Path file;

    @BeforeEach
    void createBoth() throws IOException {
        folder = Files.createDirectory(scratch.resolve("folder"));
        file = Files.writeString(folder.resolve("file"), "12345");
        chmod(folder, "rwxr-xr-x");
        chmod(file, "rw-r--r--");
    }

    private static void chmod(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void acceptsWhatOnlyThisUserMayWrite() throws Exception {
        assertThatCode(() -> ownership.requireFolder(folder)).doesNotThrowAnyException();
        assertThat(ownership.requireFile(file)).isEqualTo(5);
    }

    @Test
    void refusesLinks() throws IOException {
        Path link = Files.createSymbolicLink(scratch.resolve("link"), folder);
        Path fileLink = Files.createSymbolicLink(scratch.resolve("fileLink"), file);

        assertThatThrownBy(() -> ownership.requireFolder(link)).hasMessage(link + " is a symbolic link");
        assertThatThrownBy(() -> ownership.requireFile(fileLink)).hasMessage(fileLink + " is a symbolic link");
    }

    @Test
    void refusesTheOtherKindOfFile() {
        assertThatThrownBy(() -> ownership.requireFolder(file)).hasMessage(file + " is not a folder");
        assertThatThrownBy(() -> ownership.requireFile(folder)).hasMessage(folder + " is not a file");
    }

    @Test
    void refusesWhatOthersMayWrite() throws IOException {
        chmod(folder, "rwxrwxr-x");
        assertThatThrownBy(() -> ownership.requireFolder(folder))
                .isInstanceOfSatisfying(Unusable.class, e -> assertThat(e.remedy()).contains("chmod go-w"))
                .hasMessage(folder + " may be written by others (mode 775)");

        chmod(file, "rw-r--rw-");
        assertThatThrownBy(() -> ownership.requireFile(file)).hasMessageContaining("(mode 646)");
    }

    @Test
    void refusesWhatBelongsToAnotherUser() throws IOException {
        int me = (int) Files.getAttribute(folder, "unix:uid");
        int other = me + 4242;
        // Root, whose files everybody trusts, can give the folder away; any other user can only look from outside.
        if (me == 0) {
            Files.setAttribute(folder, "unix:uid", other);
            assertThatThrownBy(() -> ownership.requireFolder(folder))
                    .hasMessage(folder + " belongs to user 4242, this process runs as user 0");
        } else {
            assertThatThrownBy(() -> Ownership.ofUser(other).requireFolder(folder))
                    .hasMessage(folder + " belongs to user " + me + ", this process runs as user " + other);
        }
    }
}
