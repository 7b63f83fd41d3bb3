package io.github.llamaffm.cli;

import io.github.llamaffm.chat.ChatHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Conversations as JSON, which every program reads that knows OpenAI's messages. A new file is for its owner only. */
final class HistoryFile {

    private static final Set<StandardOpenOption> REPLACE =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);

    private HistoryFile() {}

    static void write(Path file, ChatHistory history) throws IOException {
        ByteBuffer json = StandardCharsets.UTF_8.encode(history.toJson() + "\n");
        try (SeekableByteChannel channel = Files.newByteChannel(file, REPLACE, ownerOnly(file))) {
            while (json.hasRemaining()) {
                channel.write(json);
            }
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
    }

    static ChatHistory read(Path file) throws IOException {
        try {
            return ChatHistory.fromJson(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new CommandException(file + " is not UTF-8");
        } catch (IllegalArgumentException e) {
            throw new CommandException(file + " holds no conversation: " + Failure.oneLine(e));
        }
    }
}
