package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.chat.ChatHistory;
import io.github.llamaffm.chat.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("chat.json");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        ChatHistory longer = ChatHistory.of(Message.system("Be brief."), Message.user("日本 😀\n"), Message.assistant("Yes."));
        for (ChatHistory history : new ChatHistory[] {longer, ChatHistory.of(Message.user("Hi"))}) {
            HistoryFile.write(file, history);

            assertThat(HistoryFile.read(file)).isEqualTo(history);
        }
    }

    @Test
    void tellsWhatIsNoConversation() throws IOException {
        for (byte[] bytes : new byte[][] {"{}".getBytes(StandardCharsets.UTF_8), {'[', (byte) 0xFF}, {}}) {
            Files.write(file, bytes);

            assertThatExceptionOfType(CommandException.class)
                    .isThrownBy(() -> HistoryFile.read(file))
                    .withMessageContaining(file.toString());
        }
    }
}
