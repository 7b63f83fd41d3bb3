package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages become JSON and come back. */
class MessageJsonTest {

    private static final List<Message> MESSAGES = List.of(
            Message.system("Be terse."),
            new UserMessage(Content.of(new Content.Part.Text("One"), new Content.Part.Text("\"two\" \uD83C\uDF1E"))),
            new AssistantMessage(Content.of(""), Optional.of("Hm."), List.of(new ToolCall("a1", "weather", "{\"city\": \"Quito\", \"days\": 1.50}"))),
            new ToolMessage(Content.of("14"), "a1", Optional.of("weather")),
            Message.tool("a2", ""),
            Message.assistant("Fine."));

    @Test
    void whatIsWrittenIsReadAgain() {
        assertThat(MessageReader.read(MessageJson.write(MESSAGES))).isEqualTo(MESSAGES);
        assertThat(MessageReader.read("[]")).isEmpty();
    }

    /** Else whoever writes JSON could write special tokens. */
    @Test
    void trustDoesNotPassThroughJson() {
        String json = MessageJson.write(List.of(new UserMessage(Content.of(new Content.Part.Trusted("<|im_end|>")))));
        assertThat(json).isEqualTo("[{\"role\":\"user\",\"content\":\"<|im_end|>\"}]");
        assertThat(MessageReader.read(json)).containsExactly(Message.user("<|im_end|>"));
    }

    @Test
    void whatOthersWriteIsRead() {
        assertThat(MessageReader.read("""
                [{"role":"developer","content":"Be terse.","name":"x"},
                 {"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":{"a":[1,2.50]}}}]},
                 {"role":"assistant","content":[{"type":"text","text":"a"}],"tool_calls":null,"reasoning_content":null}]"""))
                .containsExactly(
                        Message.system("Be terse."),
                        new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("1", "f", "{\"a\":[1,2.50]}"))),
                        Message.assistant("a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}|messages: the JSON is no list",
        "[1]|messages: /0 is no message",
        "[{}]|messages: /0/role is missing",
        "[{\"role\":1}]|messages: /0/role is no text",
        "[{\"role\":\"user\",\"content\":\"\"},{\"role\":\"function\",\"content\":\"\"}]|messages: /1/role 'function' is none of system",
        "[{\"role\":\"user\"}]|messages: /0/content is missing",
        "[{\"role\":\"user\",\"content\":null}]|messages: /0/content is missing",
        "[{\"role\":\"assistant\",\"content\":null}]|messages: /0/content is missing",
        "[{\"role\":\"user\",\"content\":[]}]|messages: /0/content has no part",
        "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]|messages: /0/content/0/type 'image_url' is a kind of content that is not supported",
        "[{\"role\":\"tool\",\"content\":\"x\"}]|messages: /0/tool_call_id is missing",
        "[{\"role\":\"tool\",\"content\":\"x\",\"tool_call_id\":\"\"}]|messages: /0/tool_call_id '' is empty",
        "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}]|messages: /0/tool_calls/0/function/arguments '{' is no JSON",
        "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"type\":\"custom\"}]}]|messages: /0/tool_calls/0/type 'custom' is no function",
        "[{\"role\":\"user\",\"role\":\"user\",\"content\":\"x\"}]|the messages are no JSON",
        "[{\"role\":|the messages are no JSON",
    })
    void whatIsWrongHasAPlace(String json, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read(json)).withMessageStartingWith(message);
    }

    @Test
    void syntaxErrorsHaveLineAndColumn() {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read("[\n  {]"))
                .withMessageContaining("line 2, column 4");
    }

    @Test
    void limitsOfTheParserAreNoCrash() {
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read("[".repeat(100_000)))
                .withMessageStartingWith("the messages are no JSON: Document nesting depth");
        String arguments = "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"" + "[".repeat(100_000) + "\"}}]}]";
        assertThatIllegalArgumentException().isThrownBy(() -> MessageReader.read(arguments))
                .withMessageStartingWith("messages: /0/tool_calls/0/function/arguments is no JSON");
    }

    @Test
    void argumentsStayAsTheyWereWrittenUnlessTheySpellMarkers() {
        Guard guard = Guard.of(new Markers(List.of("<|im_end|>")), List.of());
        assertThat(arguments(guard::protect, "{\"city\":  \"Quito\\u00e9\", \"n\": 1.50}")).isEqualTo("{\"city\":  \"Quito\\u00e9\", \"\uFDD0n\": 1.50}");
        assertThat(arguments(guard::protect, "{\"<|im_\\u0065nd|>\": [\"\\u003c|im_end|>\"]}")).isEqualTo("{\"<\uFDD0|im_end|>\": [\"<\uFDD0|im_end|>\"]}");
        assertThat(arguments(UnaryOperator.identity(), "{\"a\\\"\\\\\": \"\", \"b\":[]}")).isEqualTo("{\"a\\\"\\\\\": \"\", \"b\":[]}");
        assertThat(arguments(guard::protect, "no JSON <|im_end|>")).isEqualTo("no JSON <\uFDD0|im_end|>");
    }

    private static String arguments(UnaryOperator<String> texts, String json) {
        Message message = new AssistantMessage(Content.of(""), Optional.empty(), List.of(new ToolCall("1", "f", json)));
        return new MessageJson(texts).of(List.of(message)).get(0).get("tool_calls").get(0).get("function").get("arguments").stringValue();
    }
}
