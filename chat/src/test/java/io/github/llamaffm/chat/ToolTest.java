package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTest {

    record Place(String city, Optional<Integer> days) {}

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "ümlaut", "a.b", "<|im_end|>"})
    void aNameIsAWord(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Tool.declared(name, "", QwenTools.EMPTY)).withMessageContaining("'" + name + "'");
        assertThatIllegalArgumentException().isThrownBy(() -> Tool.of(name, "", Place.class, _ -> ""));
    }

    @Test
    void namesDiffer() {
        Tool one = QwenTools.tool("a", _ -> "");
        assertThatIllegalArgumentException().isThrownBy(() -> AskOptions.tools(one, QwenTools.tool("a", _ -> "")))
                .withMessageContaining("[a, a]");
        assertThat(AskOptions.tools(one, QwenTools.tool("A", _ -> "")).tools()).hasSize(2);
        assertThatIllegalArgumentException().isThrownBy(() -> QwenTools.tool("a".repeat(65), _ -> ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "5", "true", "{}", "{\"type\":\"string\"}", "{\"type\":[\"object\",\"null\"]}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"not\":{\"const\":\"b\"}}}}"})
    void argumentsAreAnObjectThatAGrammarExpresses(String schema) {
        assertThatExceptionOfType(SchemaException.class).isThrownBy(() -> Tool.declared("a", "", schema));
    }

    @Test
    void aSchemaSaysWhereItIsWrong() {
        assertThatExceptionOfType(SchemaException.class)
                .isThrownBy(() -> Tool.declared("a", "", "{\"type\":\"object\",\"properties\":{\"b\":{\"not\":{}}}}"))
                .satisfies(e -> assertThat(e.pointer()).isEqualTo("/properties/b/not"))
                .satisfies(e -> assertThat(e.keyword()).isEqualTo("not"));
    }

    @Test
    void aRecordIsASchema() {
        Tool tool = Tool.of("a", "Does it.", Place.class, place -> place.city());
        assertThat(tool.parameters()).startsWith("{\"type\":\"object\"").contains("\"city\":{\"type\":\"string\"}").contains("\"required\":[\"city\"]");
        assertThatIllegalArgumentException().isThrownBy(() -> Tool.of("a", "", String.class, _ -> "")).withMessageContaining("java.lang.String");
        record Unusable(List<Thread> threads) {}
        assertThatIllegalArgumentException().isThrownBy(() -> Tool.of("a", "", Unusable.class, _ -> "")).withMessageContaining("Thread");
    }
}
