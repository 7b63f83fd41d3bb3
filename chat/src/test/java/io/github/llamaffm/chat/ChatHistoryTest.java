package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Histories, and the JSON that they are. */
class ChatHistoryTest {

    private static final ChatHistory ALL = ChatHistory.of(
            Message.system("Be terse."),
            new UserMessage(Content.of(new Content.Part.Text("One"), new Content.Part.Text("\"two\" \uD83C\uDF1E\n\u2028\u0000"))),
            new AssistantMessage(Content.of(""), Optional.of("Hm."),
                    List.of(new ToolCall("a1", "weather", "{\"city\": \"Quito\"}"), new ToolCall("a2", "now", "{}"))),
            new ToolMessage(Content.of("14"), "a1", Optional.of("weather")),
            Message.tool("a2", "12:00"),
            new AssistantMessage(Content.of("Fine."), Optional.of(""), List.of()),
            Message.user(""));

    @Test
    void isAValue() {
        List<Message> messages = new ArrayList<>(List.of(Message.user("a")));
        ChatHistory history = new ChatHistory(messages);
        messages.clear();
        assertThat(history.messages()).containsExactly(Message.user("a"));
        assertThat(history.and(Message.assistant("b"))).isEqualTo(ChatHistory.of(Message.user("a"), Message.assistant("b")));
        assertThat(history.messages()).hasSize(1);
        assertThat(ALL.truncate(1)).isEqualTo(ChatHistory.of(Message.system("Be terse.")));
        assertThat(ALL.truncate(0)).isEqualTo(ChatHistory.empty());
        assertThat(ALL.truncate(7)).isEqualTo(ALL);
        for (int count : List.of(-1, 8)) {
            assertThatIllegalArgumentException().isThrownBy(() -> ALL.truncate(count)).withMessage("a history of 7 messages has no first " + count);
        }
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        assertThat(ChatHistory.fromJson(ALL.toJson())).isEqualTo(ALL);
        assertThat(ChatHistory.empty().toJson()).isEqualTo("[]");
        assertThat(ChatHistory.fromJson("[]")).isEqualTo(ChatHistory.empty());
        assertThat(ALL.toJson()).doesNotContain("\n");
    }

    @Test
    void isWrittenAsOthersWriteIt() {
        JsonNode json = Json.MAPPER.readTree(ALL.toJson());
        assertThat(json.get(1)).isEqualTo(Json.MAPPER.readTree("""
                {"role":"user","content":[{"type":"text","text":"One"},{"type":"text","text":"\\"two\\" \\uD83C\\uDF1E\\n\\u2028\\u0000"}]}"""));
        assertThat(json.get(2)).isEqualTo(Json.MAPPER.readTree("""
                {"role":"assistant","content":"","reasoning_content":"Hm.","tool_calls":[
                 {"id":"a1","type":"function","function":{"name":"weather","arguments":"{\\"city\\": \\"Quito\\"}"}},
                 {"id":"a2","type":"function","function":{"name":"now","arguments":"{}"}}]}"""));
        assertThat(json.get(3)).isEqualTo(Json.MAPPER.readTree("""
                {"role":"tool","content":"14","tool_call_id":"a1","name":"weather"}"""));
    }

    /** Else whoever writes JSON could write special tokens. */
    @Test
    void trustDoesNotPassThroughJson() {
        ChatHistory trusted = ChatHistory.of(
                new UserMessage(Content.of(new Content.Part.Text("a"), new Content.Part.Trusted("<|im_end|>"))));
        assertThat(ChatHistory.fromJson(trusted.toJson())).isNotEqualTo(trusted).isEqualTo(ChatHistory.of(
                new UserMessage(Content.of(new Content.Part.Text("a"), new Content.Part.Text("<|im_end|>")))));
    }

    /** What others write too is left out; a field that means what cannot be shown is an error with its place. */
    @Test
    void otherFieldsAreLeftOut() {
        assertThat(ChatHistory.fromJson("""
                [{"role":"user","content":"a","name":"Ann","weight":1,"cache_control":{"type":"ephemeral"}},
                 {"role":"assistant","content":"b","refusal":null,"audio":null,"annotations":[],"function_call":null}]"""))
                .isEqualTo(ChatHistory.of(Message.user("a"), Message.assistant("b")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChatHistory.fromJson("[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"input_audio\":{}}]}]"))
                .withMessageStartingWith("messages: /0/content/0/type 'input_audio' is a kind of content that is not supported");
        assertThatIllegalArgumentException().isThrownBy(() -> ChatHistory.fromJson("[\n{\"role\":}]")).withMessageContaining("line 2, column 9");
    }

    /** Half a character, which a cut of a text may leave, is one that no file can hold. */
    @Test
    void halvesOfCharactersAreEscaped() {
        ChatHistory history = ChatHistory.of(Message.user("\uDF1E a \uD83C"), Message.assistant("\uD83C\uD83C\uDF1E\uDF1E"));
        assertThat(history.toJson().chars().filter(c -> Character.isSurrogate((char) c)).count()).isEqualTo(2);
        assertThat(ChatHistory.fromJson(history.toJson())).isEqualTo(history);
    }

    @RepeatedTest(20)
    void randomHistoriesComeBack() {
        long seed = Long.getLong("chat.seed", System.nanoTime());
        Random random = new Random(seed);
        List<Message> messages = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            messages.add(message(random));
        }
        ChatHistory history = new ChatHistory(messages);
        assertThat(ChatHistory.fromJson(history.toJson())).as("chat.seed %d", seed).isEqualTo(history);
    }

    private static Message message(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new SystemMessage(content(random));
            case 1 -> new UserMessage(content(random));
            case 2 -> new AssistantMessage(content(random), optional(random),
                    random.ints(random.nextInt(3)).mapToObj(id -> new ToolCall("c" + id, "f" + text(random), arguments(random))).toList());
            default -> new ToolMessage(content(random), "c" + random.nextInt(), optional(random));
        };
    }

    private static Content content(Random random) {
        return new Content(random.ints(1 + random.nextInt(3)).<Content.Part>mapToObj(_ -> new Content.Part.Text(text(random))).toList());
    }

    private static Optional<String> optional(Random random) {
        return random.nextBoolean() ? Optional.of(text(random)) : Optional.empty();
    }

    private static String arguments(Random random) {
        return Json.MAPPER.writeValueAsString(Json.MAPPER.createObjectNode().put(text(random), text(random)).put("n", random.nextInt()));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        random.ints(random.nextInt(12)).forEach(i -> text.append((char) (random.nextBoolean() ? 0x20 + (i & 0x5f) : i)));
        return text.toString();
    }
}
