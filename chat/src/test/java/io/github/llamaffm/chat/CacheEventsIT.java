package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.greedy;
import static io.github.llamaffm.chat.Asked.talk;
import static io.github.llamaffm.chat.Asked.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.support.Flight;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the flight recorder is told of a chat. */
class CacheEventsIT {

    @TempDir
    private Path folder;

    private Model load(TinyModel model) {
        return Model.load(model.contextSize(2048).writeTo(folder.resolve("tiny-chat.gguf")));
    }

    private static ChatModelOptions options() {
        return ChatModelOptions.builder().context(Asked.exact(1024)).build();
    }

    @Test
    void theSecondTurnFindsTheFirst() {
        List<Answer> answers = new ArrayList<>();
        try (Model model = load(TinyModel.llama()); ChatModel chatModel = ChatModel.of(model, options())) {
            Flight flight = Flight.record(() -> {
                List<Message> first = talk("Where is Quito?");
                answers.add(answer(chatModel, first, greedy(9)));
                answers.add(answer(chatModel, with(first, answers.getFirst().message(), Message.user("And Lima?")), greedy(9)));
                answers.add(answer(chatModel, talk("Where is Cuenca?"), greedy(9)));
            });

            assertThat(flight.ints("CacheMiss", "promptTokens")).containsExactly(answers.getFirst().usage().promptTokens());
            assertThat(flight.event("CacheMiss").getBoolean("restarted")).isFalse();
            List<RecordedEvent> hits = flight.events("CacheHit");
            assertThat(hits).hasSize(2);
            for (int i = 0; i < 2; i++) {
                assertThat(hits.get(i).getInt("promptTokens")).isEqualTo(answers.get(i + 1).usage().promptTokens());
                assertThat(hits.get(i).getInt("cachedTokens")).isEqualTo(answers.get(i + 1).usage().cachedTokens()).isPositive();
                assertThat(hits.get(i).getBoolean("forked")).isEqualTo(i == 1);
                assertThat(hits.get(i).getBoolean("restored")).isFalse();
            }

            int computed = sum(flight.ints("Prefill", "tokens")) + sum(flight.ints("Decode", "tokens"));
            int made = answers.stream().mapToInt(answer -> answer.usage().answerTokens()).sum();
            int prompts = answers.stream().mapToInt(answer -> answer.usage().promptTokens() - answer.usage().cachedTokens()).sum();
            assertThat(flight.events("Sample")).hasSize(made);
            // The last token of an answer is not computed.
            assertThat(computed).isEqualTo(prompts + made - answers.size());
            assertThat(flight.events()).allSatisfy(event -> {
                assertThat(event.getString("model")).isEqualTo("tiny-chat.gguf");
                assertThat(event.getLong("contextId")).isEqualTo(hits.getFirst().getLong("contextId"));
            });
            assertThat(texts(flight)).containsOnly("tiny-chat.gguf");
        }
    }

    /** A memory that cannot be cut goes back to a checkpoint. */
    @Test
    void aCheckpointIsToldOf() {
        try (Model model = load(TinyModel.mamba()); ChatModel chatModel = ChatModel.of(model, options())) {
            Flight flight = Flight.record(() -> {
                answer(chatModel, talk("Where is Quito?"), greedy(5));
                answer(chatModel, talk("Where is Quito?"), greedy(5));
            });

            assertThat(flight.event("CacheHit").getBoolean("restored")).isTrue();
            assertThat(flight.event("CacheHit").getInt("cachedTokens")).isPositive();
            assertThat(flight.events("CacheMiss")).hasSize(1);
        }
    }

    private static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    /** Every text in every event. */
    private static List<String> texts(Flight flight) {
        List<String> texts = new ArrayList<>();
        for (RecordedEvent event : flight.events()) {
            for (ValueDescriptor field : event.getFields()) {
                if (field.getTypeName().equals("java.lang.String")) {
                    texts.add(event.getString(field.getName()));
                }
            }
        }
        return texts;
    }
}
