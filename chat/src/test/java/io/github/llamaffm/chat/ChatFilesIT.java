package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.forced;
import static io.github.llamaffm.chat.Asked.greedy;
import static io.github.llamaffm.chat.Asked.ids;
import static io.github.llamaffm.chat.Asked.talk;
import static io.github.llamaffm.chat.Asked.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.KvType;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats in files: here, in another process, damaged, and of something else. */
class ChatFilesIT {

    private static final String NEXT = "And now?";

    @TempDir
    private static Path folder;

    private static Path modelFile;
    private static Model model;

    /** Of {@link #saved}, and what the model says next. */
    private static ChatHistory history;

    private static int[] next;
    private static Path saved;

    @BeforeAll
    static void load() {
        modelFile = TinyModel.llama().contextSize(2048).writeTo(folder.resolve("tiny.gguf"));
        model = Model.load(modelFile);
        saved = folder.resolve("saved.chat");
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            Chat chat = chatModel.newChat("You are a travel guide.");
            chat.ask("Where is Quito?", greedy(9));
            // Other tokens than the tokenizer would take.
            assertThat(chat.ask("Who are you?", forced(letters("the guide"))).text()).isEqualTo("the guide");
            chat.save(saved);
            history = chat.history();
            next = ids(chat.ask(NEXT, greedy(9)));
        }
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    private static int[] letters(String text) {
        int[] single = new int[text.length() + 1];
        for (int i = 0; i < text.length(); i++) {
            single[i] = model.tokenizer().encode(text.substring(i, i + 1))[0];
        }
        single[text.length()] = model.tokenizer().eot().orElseGet(() -> model.tokenizer().eos().orElseThrow());
        return single;
    }

    private static ChatModel open(ContextOptions options) {
        return ChatModel.of(model, ChatModelOptions.builder().context(options).build());
    }

    @Test
    void comesBackToAnotherModelWithItsTokens() throws IOException {
        assertThat(history.messages()).hasSize(5);
        assertThat(Files.getPosixFilePermissions(saved)).containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            Chat chat = chatModel.newChat();
            assertThat(chat.restore(saved)).isTrue();
            assertThat(chat.history()).isEqualTo(history);
            assertThat(chatModel.cacheCounters()).isEqualTo(new CacheCounters(0, 0, 0, 0, 0, 0));

            Answer answer = chat.ask(NEXT, greedy(9));
            assertThat(ids(answer)).isEqualTo(next);
            // The rest of the answer's end, and the question.
            int more = model.tokenizer().encode("<|im_end|>\n<|im_start|>user\n" + NEXT + "<|im_end|>\n<|im_start|>assistant\n", false, true).length;
            assertThat(chatModel.cacheCounters().evaluatedTokens()).isEqualTo(more);
            assertThat(chatModel.cacheCounters().reusedTokens()).isEqualTo(answer.usage().promptTokens() - more);

            // Over itself: what was cached is not any more.
            assertThat(chat.restore(saved)).isTrue();
            Answer same = chat.ask(NEXT, greedy(9));
            assertThat(ids(same)).isEqualTo(next);
            assertThat(same.usage().cachedTokens()).isEqualTo(answer.usage().cachedTokens());

            // Beside itself: all of the prompt but its last token is cached there.
            Chat other = chatModel.newChat();
            assertThat(other.restore(saved)).isTrue();
            same = other.ask(NEXT, greedy(9));
            assertThat(ids(same)).isEqualTo(next);
            assertThat(same.usage().cachedTokens()).isEqualTo(answer.usage().promptTokens() - 1);
        }
    }

    @Test
    void comesBackToAnotherProcess() {
        assertThat(ChildJvm.of(Program.class).arguments(modelFile, saved, NEXT).run().assertSuccess().strip())
                .isEqualTo(history.messages().size() + " messages, true, " + Arrays.toString(next));
    }

    /** Restores a chat and asks. */
    static final class Program {
        public static void main(String[] arguments) {
            try (Model model = Model.load(Path.of(arguments[0]));
                    ChatModel chatModel = ChatModel.of(model, ChatModelOptions.builder().context(Asked.exact(1024)).build())) {
                Chat chat = chatModel.newChat();
                boolean cached = chat.restore(Path.of(arguments[1]));
                int messages = chat.history().messages().size();
                Answer answer = chat.ask(arguments[2], greedy(9));
                System.out.printf("%d messages, %s, %s%n", messages, cached && answer.usage().cachedTokens() > 60, Arrays.toString(ids(answer)));
            }
        }
    }

    /** The file is a line, a line, JSON that tools read, and what the model needs. */
    @Test
    void theHistoryIsThereForOthersToRead() throws IOException {
        String text = Files.readString(saved, StandardCharsets.ISO_8859_1);
        List<String> lines = text.lines().limit(3).toList();
        assertThat(lines.get(0)).isEqualTo("LLAMAFFM-CHAT 1");
        assertThat(lines.get(1)).matches("history " + lines.get(2).length() + " [0-9a-f]{8}");
        assertThat(ChatHistory.fromJson(lines.get(2))).isEqualTo(history);
    }

    @Test
    void whatIsNotCachedIsNotSaved() throws IOException {
        Path file = folder.resolve("history.chat");
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            Chat chat = chatModel.newChat(history);
            chat.save(file);
            assertThat(Files.size(file)).isLessThan(1500).isLessThan(Files.size(saved));
            assertThat(chat.restore(file)).isFalse();
            assertThat(chat.history()).isEqualTo(history);

            // What was cached belongs to another history.
            chat.ask("Hm.", greedy(2));
            chat.release();
            chat.save(file);
            assertThat(Files.size(file)).isLessThan(1500);

            // An older file is replaced.
            chat.restore(saved);
            chat.save(file);
            assertThat(Files.size(file)).isGreaterThan(1500);
            assertThat(chat.restore(file)).isTrue();
        }
    }

    /** What the program trusts, it has to say again. */
    @Test
    void trustIsNotSaved() {
        Path file = folder.resolve("trusted.chat");
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            Chat chat = chatModel.newChat();
            try (Reply reply = chat.stream(new UserMessage(Content.of(new Content.Part.Trusted("<|im_start|>"))), greedy(2))) {
                reply.answer();
            }
            chat.save(file);
            chat.restore(file);
            assertThat(chat.history().messages().getFirst()).isEqualTo(Message.user("<|im_start|>"));
            // The state is of other tokens: only what comes before that is used.
            Answer answer = chat.ask(NEXT, greedy(9));
            assertThat(ids(answer)).isEqualTo(fresh(chat.history().truncate(3)));
            assertThat(answer.usage().cachedTokens()).isLessThan(8);
        }
    }

    private static int[] fresh(ChatHistory asked) {
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            return ids(answer(chatModel, asked.messages(), greedy(9)));
        }
    }

    /** Another model, other options, no room: the conversation goes on, and is computed anew. */
    @Test
    void whatDoesNotFitIsComputedAgain() {
        Path other = TinyModel.llama().seed(7).contextSize(2048).writeTo(folder.resolve("other.gguf"));
        try (Model another = Model.load(other)) {
            goesOnWithoutState(another, Asked.exact(1024));
        }
        goesOnWithoutState(model, Asked.exact(1024).toBuilder().keyType(KvType.F16).build());
    }

    private static void goesOnWithoutState(Model there, ContextOptions options) {
        try (ChatModel chatModel = ChatModel.of(there, ChatModelOptions.builder().context(options).build())) {
            Chat chat = chatModel.newChat();
            assertThat(chat.restore(saved)).isFalse();
            assertThat(chat.history()).isEqualTo(history);
            List<Message> asked = with(history.messages(), Message.user(NEXT));
            Answer answer = chat.ask(NEXT, greedy(9));
            assertThat(answer.usage().cachedTokens()).isZero();
            try (ChatModel plain = ChatModel.of(there, ChatModelOptions.builder().context(options).build())) {
                assertThat(ids(answer)).isEqualTo(ids(answer(plain, asked, greedy(9))));
            }
        }
    }

    @Test
    void conversationsMakeRoomForARestoredOne() {
        Path large = folder.resolve("large.chat");
        try (ChatModel chatModel = open(Asked.exact(512))) {
            Chat chat = chatModel.newChat();
            chat.ask("word ".repeat(60), greedy(9));
            chat.save(large);
            chat.release();
            for (String word : List.of("alpha ", "beta ", "gamma ")) {
                answer(chatModel, talk(word.repeat(30)), greedy(9));
            }
            int[] said = ids(chat.ask(NEXT, greedy(9)));
            chat.history(ChatHistory.empty());
            assertThat(chat.restore(large)).isTrue();
            Answer answer = chat.ask(NEXT, greedy(9));
            assertThat(ids(answer)).isEqualTo(said);
            assertThat(answer.usage().cachedTokens()).isGreaterThan(150);
        }
        // In a context that is smaller than what was computed.
        try (ChatModel chatModel = open(Asked.exact(256))) {
            Chat chat = chatModel.newChat();
            assertThat(chat.restore(saved)).isTrue();
            assertThat(chat.restore(grown())).isFalse();
            assertThat(chat.history().messages()).hasSizeGreaterThan(5);
        }
    }

    private static Path grown() {
        Path file = folder.resolve("grown.chat");
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            Chat chat = chatModel.newChat();
            chat.restore(saved);
            chat.ask("word ".repeat(60), greedy(9));
            chat.save(file);
        }
        return file;
    }

    /** Either the history is as it was written or there is an exception; either the state is whole or the answer is computed without. */
    @Test
    void damageIsSeenOrCostsNoMoreThanTime() throws IOException {
        long seed = Long.getLong("chat.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] whole = Files.readAllBytes(saved);
        int history = end(whole, 3);
        int tokens = end(whole, 5);
        Path file = folder.resolve("damaged.chat");
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            for (int run = 0; run < 300; run++) {
                // As often in the history as in the tokens and in the state.
                int from = List.of(0, history, tokens).get(run % 3);
                int to = List.of(history, tokens, whole.length).get(run % 3);
                int at = from + random.nextInt(to - from);
                byte[] damaged = whole.clone();
                if (random.nextInt(4) == 0) {
                    damaged = Arrays.copyOf(whole, at);
                } else {
                    damaged[at] ^= (byte) (1 << random.nextInt(8));
                }
                Files.write(file, damaged);
                check(chatModel, file, at < history, "chat.seed %d, run %d, byte %d of %d".formatted(seed, run, at, damaged.length));
            }
        }
    }

    private static int end(byte[] bytes, int lines) {
        int at = 0;
        for (int line = 0; line < lines; at++) {
            line += bytes[at] == '\n' ? 1 : 0;
        }
        return at;
    }

    private static void check(ChatModel chatModel, Path file, boolean refused, String what) {
        Chat chat = chatModel.newChat("As before.");
        if (refused) {
            assertThatExceptionOfType(ChatFileException.class).as(what).isThrownBy(() -> chat.restore(file)).withMessageContaining(file.toString());
            assertThat(chat.history()).as(what).isEqualTo(ChatHistory.of(Message.system("As before.")));
            return;
        }
        assertThat(chat.restore(file)).as(what).isFalse();
        assertThat(chat.history()).as(what).isEqualTo(history);
    }

    /** With checksums that are right. */
    @Test
    void liesAreNotBelieved() throws IOException {
        byte[] whole = Files.readAllBytes(saved);
        String json = new String(whole, end(whole, 4), end(whole, 5) - end(whole, 4) - 1, StandardCharsets.UTF_8);
        byte[] state = Arrays.copyOfRange(whole, end(whole, 5), whole.length);
        byte[] start = Arrays.copyOf(whole, end(whole, 3));
        Path file = folder.resolve("lies.chat");
        try (ChatModel chatModel = open(Asked.exact(1024))) {
            write(file, start, json, state);
            assertThat(chatModel.newChat().restore(file)).isTrue();
            for (String lie : List.of("", "{}", "[]", "null", "{", "[".repeat(100_000), "{\"text\":1}",
                    json.replaceFirst("\"turn\":\\d+", "\"turn\":100000"), json.replaceFirst("\"turn\":\\d+", "\"turn\":-1"),
                    json.replaceFirst("\"turn\":\\d+", "\"turn\":1e99"), json.replaceFirst("\"tokens\":\\[\\d+", "\"tokens\":[99999999"),
                    json.replaceFirst("\"tokens\":\\[", "\"tokens\":[5,"), json.replaceFirst("\"tokens\":\\[", "\"tokens\":[-1,"),
                    json.replaceFirst("\"tokens\":\\[", "\"tokens\":[99999999999,"), json.replaceFirst("\"answers\":\\[\\[\\d+", "\"answers\":[[99999"),
                    json.replaceFirst("\"answers\":\\[\\[", "\"answers\":[[1,"), json.replaceFirst("\"answers\":\\[", "\"answers\":[7,"),
                    json.replaceFirst("\"answers\":\\[", "\"answers\":[[0,0,99999],"))) {
                assertThat(lie).isNotEqualTo(json);
                write(file, start, lie, state);
                check(chatModel, file, false, lie);
            }
            write(file, start, json, Arrays.copyOf(state, state.length + 1));
            check(chatModel, file, false, "more than a state");
            write(file, start, json, new byte[0]);
            check(chatModel, file, false, "no state");
            // All of that left nothing behind.
            assertThat(answer(chatModel, with(history.messages(), Message.user(NEXT)), greedy(9)).usage().cachedTokens()).isPositive();
        }
    }

    private static void write(Path file, byte[] start, String tokens, byte[] state) throws IOException {
        byte[] bytes = tokens.getBytes(StandardCharsets.UTF_8);
        byte[] line = line("tokens", bytes).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer all = ByteBuffer.allocate(start.length + line.length + bytes.length + 1 + state.length);
        Files.write(file, all.put(start).put(line).put(bytes).put((byte) '\n').put(state).array());
    }

    private static String line(String name, byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return "%s %d %08x\n".formatted(name, bytes.length, checksum.getValue());
    }

    @Test
    void whatIsNoChatIsRefused() throws IOException {
        Path state = folder.resolve("sequence.state");
        try (Context context = model.newContext(Asked.exact(256)); Sequence sequence = context.newSequence()) {
            sequence.append("Hello");
            sequence.save(state);
        }
        byte[] random = new byte[100_000];
        new Random(1).nextBytes(random);
        String first = "LLAMAFFM-CHAT 1\n";
        byte[] user = "[{\"role\":\"user\"}]".getBytes(StandardCharsets.US_ASCII);
        byte[] deep = "[".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);
        try (ChatModel chatModel = open(Asked.exact(512))) {
            refused(chatModel, folder.resolve("none.chat"), "does not exist");
            refused(chatModel, folder, "is a directory");
            refused(chatModel, state, "is no saved chat");
            refused(chatModel, modelFile, "is no saved chat");
            refused(chatModel, content(new byte[0]), "is no saved chat");
            refused(chatModel, content(random), "is no saved chat");
            refused(chatModel, content(history.toJson().getBytes(StandardCharsets.UTF_8)), "is no saved chat");
            refused(chatModel, content("LLAMAFFM-CHAT 2\nhistory 2 00000000\n[]\n"), "is no saved chat");
            refused(chatModel, content(first), "has no history at byte 16");
            refused(chatModel, content(first + "history"), "has no history at byte 16");
            refused(chatModel, content(first + "history 99999999 00000000\n[]\n"), "is cut off, or was changed: its history of 99999999 bytes");
            refused(chatModel, content(first + "history 9999999999999 00000000\n[]\n"), "has no history at byte 16");
            refused(chatModel, content(first + "history -1 00000000\n[]\n"), "has no history at byte 16");
            refused(chatModel, content(first + "history 2 00000000\n[]\n"), "was changed or damaged: the checksum of its history is");
            refused(chatModel, content(first + line("history", user) + new String(user, StandardCharsets.US_ASCII) + "\n"), "messages: /0/content is missing");
            refused(chatModel, content(first + line("history", deep) + "[".repeat(1_000_000) + "\n"), "has no history: the messages are no JSON");
        }
    }

    private static Path content(String text) throws IOException {
        return content(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Path content(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("foreign.chat"), bytes);
    }

    private static void refused(ChatModel chatModel, Path file, String message) {
        Chat chat = chatModel.newChat(history);
        assertThatExceptionOfType(ChatFileException.class).isThrownBy(() -> chat.restore(file))
                .withMessageStartingWith(file + " ").withMessageContaining(message);
        assertThat(chat.history()).isEqualTo(history);
    }

    @Test
    void whatCannotBeWrittenLeavesTheOlderFile() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path file = inner.resolve("a.chat");
        try (ChatModel chatModel = open(Asked.exact(512))) {
            Chat chat = chatModel.newChat();
            chat.ask("Hi", greedy(3));
            chat.save(file);
            byte[] before = Files.readAllBytes(file);

            // Nothing could read that again.
            chat.add(new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("1", "f", "{no JSON"))));
            assertThatExceptionOfType(ChatFileException.class).isThrownBy(() -> chat.save(file))
                    .withMessage("cannot write %s: messages: /2/tool_calls/0/function/arguments '{no JSON' is no JSON", file);
            String large = "x".repeat(Section.MOST_BYTES + 1);
            assertThatExceptionOfType(ChatFileException.class).isThrownBy(() -> Section.write(bytes -> {}, "history", large))
                    .withMessage("a history of 67108865 bytes is not saved: at most 67108864 are");
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
            try (var files = Files.list(inner)) {
                assertThat(files).containsExactly(file);
            }

            chat.history(ChatHistory.empty());
            assertThatExceptionOfType(ChatFileException.class).isThrownBy(() -> chat.save(inner.resolve("no/a.chat"))).withMessageStartingWith("cannot write");
            assertThatExceptionOfType(ChatFileException.class).isThrownBy(() -> chat.save(inner));
            chat.save(file);
            assertThat(chat.restore(file)).isTrue();
        }
    }
}
