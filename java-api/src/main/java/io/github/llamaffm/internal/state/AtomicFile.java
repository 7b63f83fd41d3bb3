package io.github.llamaffm.internal.state;

import io.github.llamaffm.bindings.UndoAtExit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears whole, or not at all: written beside its place and renamed. Readable by its owner only. A process that
 * is killed leaves {@code .saving-*.tmp}, one that ends in order does not.
 */
public final class AtomicFile implements StateSink, AutoCloseable {

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final UndoAtExit<Path> undo;
    private boolean committed;

    /** Starts to write. An older file of that name stays until {@link #commit()}. */
    public AtomicFile(Path target) throws IOException {
        this.target = target.toAbsolutePath();
        this.undo = UndoAtExit.of(
                () -> Files.createTempFile(this.target.getParent(), ".saving-", ".tmp"), AtomicFile::discard);
        this.temporary = undo.begun();
        this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Gives the file its name. */
    public void commit() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        committed = true;
    }

    /** Removes what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        undo.close();
        channel.close();
        if (!committed) {
            Files.deleteIfExists(temporary);
        }
    }

    private static void discard(Path temporary) {
        try {
            // Where it was renamed already, it is not there.
            Files.deleteIfExists(temporary);
        } catch (IOException _) {
            // As after a kill: it is left.
        }
    }
}
