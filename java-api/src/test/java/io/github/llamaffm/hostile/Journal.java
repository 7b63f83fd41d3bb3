package io.github.llamaffm.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a child did, a line each, in a file that outlives it. */
final class Journal implements AutoCloseable {

    private final FileChannel file;

    Journal(Path path) {
        try {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next case; nothing is known of it yet. */
    void begin(int number) {
        line("case", String.valueOf(number));
    }

    /** What was done to what. */
    void mutation(String kind, String base, String description) {
        line("mutation", kind, base, description);
    }

    /** What is tried now. */
    void stage(String name) {
        line("stage", name);
    }

    void end(Outcome outcome, long milliseconds, long grown) {
        line("end", outcome.refused() ? "refused" : "used", outcome.exception(), outcome.text(), outcome.abort(),
                String.valueOf(milliseconds), String.valueOf(grown));
    }

    /** The child gives up. */
    void gaveUp(String why) {
        line("gave up", why);
    }

    private void line(String... fields) {
        StringBuilder line = new StringBuilder();
        for (String field : fields) {
            line.append(line.isEmpty() ? "" : "\t").append(field.replaceAll("\\p{Cntrl}", " "));
        }
        try {
            file.write(ByteBuffer.wrap(line.append('\n').toString().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
