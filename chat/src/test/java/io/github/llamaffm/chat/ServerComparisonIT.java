package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.greedy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A conversation with the default model, turn by turn against upstream's llama-server. */
class ServerComparisonIT {

    @Test
    void aConversationIsThatOfTheServer() {
        try (Model model = Model.load(TestFiles.model());
                ChatModel chatModel = ChatModel.of(model, ChatModelOptions.builder()
                        .context(ContextOptions.builder().contextSize(1024).build()).build());
                LlamaServer server = LlamaServer.start(TestFiles.model(), "--ctx-size", "1024")) {
            assertThat(chatModel.template().origin()).isEqualTo(ChatTemplate.Origin.MODEL);
            Rule rule = new Rule(model, Optional.empty());
            List<Message> messages = new ArrayList<>();
            List<Map<String, String>> theirs = new ArrayList<>();
            List<StopReason> reasons = new ArrayList<>();
            for (String question : List.of("What is the capital of France? One word.", "And of Spain?", "Thank you! Say goodbye.")) {
                messages.add(Message.user(question));
                theirs.add(Map.of("role", "user", "content", question));
                int cached = rule.cached(messages);
                Answer answer = answer(chatModel, messages, greedy(10).logProbabilities(3));
                JsonNode response = server.chat(Map.of(
                        "messages", theirs, "max_tokens", 10, "temperature", 0, "logprobs", true, "top_logprobs", 3));
                JsonNode choice = response.get("choices").get(0);

                assertThat(answer.text()).isEqualTo(choice.get("message").get("content").stringValue()).isNotEmpty();
                assertThat(Asked.ids(answer)).isEqualTo(ids(choice));
                assertThat(answer.usage().promptTokens()).isEqualTo(response.get("usage").get("prompt_tokens").intValue());
                assertThat(answer.usage().answerTokens()).isEqualTo(response.get("usage").get("completion_tokens").intValue());
                assertThat(answer.usage().cachedTokens()).isEqualTo(cached);
                sameProbabilities(answer.probabilities(), choice.get("logprobs").get("content"));
                reasons.add(answer.reason());
                assertThat(answer.reason()).isEqualTo(
                        choice.get("finish_reason").stringValue().equals("stop") ? StopReason.END : StopReason.LENGTH);
                rule.answered(answer);
                messages.add(answer.message());
                theirs.add(Map.of("role", "assistant", "content", answer.text()));
            }
            assertThat(reasons).contains(StopReason.END);
            assertThat(chatModel.cacheCounters().requests()).isEqualTo(3);
            assertThat(chatModel.cacheCounters().promptTokens())
                    .isEqualTo(chatModel.cacheCounters().reusedTokens() + chatModel.cacheCounters().evaluatedTokens());
        }
    }

    /** Thoughts that the prompt begins, a line break of them with it. */
    @Test
    void aBudgetIsThatOfTheServer(@TempDir Path folder) {
        Path file = TinyModel.llama().contextSize(1024).writeTo(folder.resolve("tiny.gguf"));
        Path template = TestFiles.sources().resolve("models/templates/llama-cpp-deepseek-r1.jinja");
        ContextOptions context = ContextOptions.builder().contextSize(1024).build();
        try (Model model = Model.load(file);
                ChatModel chatModel = ChatModel.of(model,
                        ChatModelOptions.builder().template(UpstreamChat.source(template)).context(context).build());
                LlamaServer server = LlamaServer.start(file, "--ctx-size", "1024", "--chat-template-file", template.toString())) {
            int[] end = model.tokenizer().encode("</think>", false, true);
            // Upstream forces less than the whole end here (docs/upstream/budget-spent-in-prompt.md).
            Answer none = answer(chatModel, List.of(Message.user("Why?")), greedy(20).reasoning(Reasoning.budget(0)));
            assertThat(Arrays.copyOf(Asked.ids(none), end.length)).isEqualTo(end);
            for (int budget : new int[] {1, 2, 7}) {
                Answer answer = answer(chatModel, List.of(Message.user("Why?")), greedy(20).reasoning(Reasoning.budget(budget)));
                JsonNode choice = server.chat(Map.of("messages", List.of(Map.of("role", "user", "content", "Why?")), "max_tokens", 20,
                        "temperature", 0, "logprobs", true, "reasoning_budget_tokens", budget)).get("choices").get(0);
                assertThat(Asked.ids(answer)).as("budget %d", budget).isEqualTo(ids(choice));
                int thoughts = Math.max(0, budget - 1);
                assertThat(Arrays.copyOfRange(Asked.ids(answer), thoughts, thoughts + end.length)).isEqualTo(end);
                assertThat(answer.usage().reasoningTokens()).isBetween(0, thoughts);
                assertThat(answer.text()).isEqualTo(choice.get("message").get("content").stringValue()).isNotEmpty();
                assertThat(answer.message().reasoning().orElse("")).isEqualTo(choice.get("message").path("reasoning_content").asString(""));
            }
        }
    }

    private static int[] ids(JsonNode choice) {
        List<Integer> ids = new ArrayList<>();
        choice.get("logprobs").get("content").forEach(token -> ids.add(token.get("id").intValue()));
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void sameProbabilities(List<TokenProbability> ours, JsonNode theirs) {
        for (int i = 0; i < theirs.size(); i++) {
            JsonNode token = theirs.get(i);
            assertThat(ours.get(i).logProbability()).isCloseTo(token.get("logprob").floatValue(), within(0.01f));
            List<Integer> alternatives = new ArrayList<>();
            token.get("top_logprobs").forEach(other -> alternatives.add(other.get("id").intValue()));
            assertThat(ours.get(i).alternatives()).extracting(TokenProbability::token).isEqualTo(alternatives);
        }
    }
}
