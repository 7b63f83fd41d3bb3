package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of upstream's that are replaced are still written as they were. */
class ExactGrammarIT {

    @Test
    void eachRuleIsReplaced(@TempDir Path folder) {
        String schema = """
                {"type":"object","properties":{"n":{"type":"number"},"t":{"format":"date-time"},"s":{"type":"string"}},"additionalProperties":true}""";
        try (Model model = Model.load(TinyModel.llama().writeTo(folder.resolve("tiny.gguf")))) {
            List<String> before = ((ChatHost) model).schemaToGrammar(schema).lines().toList();
            List<String> after = Grammar.of(ExactGrammar.of(String.join("\n", before) + "\n")).gbnf().lines().toList();
            assertThat(after).hasSameSizeAs(before);
            assertThat(before.stream().filter(line -> !after.contains(line)).map(line -> line.substring(0, line.indexOf(' '))))
                    .containsExactlyInAnyOrder("number", "date", "time", "char", "additional-k");
        }
    }
}
