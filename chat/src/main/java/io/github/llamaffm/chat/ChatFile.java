package io.github.llamaffm.chat;

import io.github.llamaffm.StateException;
import io.github.llamaffm.internal.state.AtomicFile;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A saved chat: a line that says so, the history as JSON, and what is cached of it. */
final class ChatFile {

    private static final String FIRST_LINE = "LLAMAFFM-CHAT 1";
    private static final String HISTORY = "history";

    private ChatFile() {}

    /** Writes what is cached, behind the history. */
    interface CacheWriter {
        void write(StateSink sink) throws IOException;
    }

    /** Reads what is cached; whether it could be used. */
    interface CacheReader {
        boolean read(ChatHistory history, StateSource source) throws IOException;
    }

    static void write(Path file, ChatHistory history, CacheWriter cached) {
        String json = history.toJson();
        requireReadable(file, json);
        try (AtomicFile out = new AtomicFile(file)) {
            out.write(ByteBuffer.wrap((FIRST_LINE + "\n").getBytes(StandardCharsets.US_ASCII)));
            Section.write(out, HISTORY, json);
            cached.write(out);
            out.commit();
        } catch (StateException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cannotWrite(file, cause);
            }
            throw e;
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /**
     * Reads the history and what is cached.
     *
     * @return what the reader returns
     * @throws ChatFileException if the history is not there as it was written
     */
    static boolean read(Path file, CacheReader cached) {
        if (Files.isDirectory(file)) {
            throw new ChatFileException(file + " is a directory", null);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            StateSource whole = StateSource.file(channel);
            Section history = history(file, whole);
            return cached.read(messages(file, history), StateSource.file(channel, history.end()));
        } catch (NoSuchFileException e) {
            throw new ChatFileException(file + " does not exist", e);
        } catch (IOException e) {
            throw new ChatFileException("%s cannot be read: %s".formatted(file, e), e);
        }
    }

    private static Section history(Path file, StateSource source) throws IOException {
        String line = Section.line(source, 0);
        if (!line.equals(FIRST_LINE)) {
            throw new ChatFileException("%s is no saved chat: its first line is not %s".formatted(file, FIRST_LINE), null);
        }
        try {
            return Section.read(source, line.length() + 1, HISTORY);
        } catch (ChatFileException e) {
            throw new ChatFileException(file + " " + e.getMessage(), e);
        }
    }

    private static ChatHistory messages(Path file, Section history) {
        try {
            return ChatHistory.fromJson(history.text());
        } catch (IllegalArgumentException e) {
            throw new ChatFileException("%s has no history: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Messages may be made that JSON does not have, such as calls of tools whose arguments are no JSON. */
    private static void requireReadable(Path file, String json) {
        try {
            ChatHistory.fromJson(json);
        } catch (IllegalArgumentException e) {
            throw new ChatFileException("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static ChatFileException cannotWrite(Path file, IOException cause) {
        return new ChatFileException("cannot write %s: %s".formatted(file, cause), cause);
    }
}
