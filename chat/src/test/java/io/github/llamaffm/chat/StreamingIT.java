package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.internal.chat.ChatTemplates;
import io.github.llamaffm.testkit.TinyModel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What a template writes of an answer, made by a model token by token: its events together are what is read of it at once. */
class StreamingIT {

    private static final Tool WEATHER = Tool.declared("weather", "Says what the weather is.", """
            {"type":"object","properties":{"city":{"type":"string","description":"Where"},"days":{"type":"integer","minimum":1}},"required":["city"]}""");
    private static final Tool NOW = Tool.declared("now", "Says what time it is.", "{\"type\":\"object\",\"properties\":{}}");
    private static final List<Message> ASK = List.of(Message.user("What is the weather in Quito?"));

    @TempDir
    private static Path folder;

    private static Model model;

    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger thoughts = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    @BeforeAll
    static void load() {
        model = Model.load(TinyModel.llama().contextSize(4096).writeTo(folder.resolve("tiny.gguf")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @Test
    void eventsTogetherAreTheMessage() {
        ChatModelOptions options = ChatModelOptions.builder().context(Asked.exact(4096)).build();
        InParallel.each(UpstreamChat.templates(), file -> {
            PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)));
            try (ChatModel chatModel = new LocalChatModel(model, options, template, new SingleContext(model, options))) {
                for (String text : texts(template)) {
                    check(file.getFileName().toString(), template, chatModel, text);
                }
            }
        });
        assertThat(answers).hasValueGreaterThan(200);
        assertThat(calls).hasValueGreaterThan(200);
        assertThat(thoughts).hasValueGreaterThan(90);
        assertThat(refused).hasValueLessThan(30);
    }

    private static List<String> texts(PromptTemplate template) {
        ObjectNode request = WrittenAnswers.requests().getFirst();
        try (ChatTemplates templates = ((ChatHost) model).openTemplates(Optional.of(template.info().source()))) {
            List<String> all = WrittenAnswers.of(templates, request, Json.MAPPER.readTree(templates.apply(request.toString())));
            // Those with thoughts and calls, where it has them.
            return all.subList(Math.max(0, all.size() - 4), all.size());
        }
    }

    private void check(String name, PromptTemplate template, ChatModel chatModel, String text) {
        // What ends the answer ends it here by its token.
        String answered = text.split(Pattern.quote("<|im_end|>"), 2)[0];
        // Tools are refused where no call could be read.
        AskOptions.Values options = AskOptions.tools(template.info().toolCalls() ? new Tool[] {WEATHER, NOW} : new Tool[0]).parallelToolCalls(true).maxTokens(600).logProbabilities(0)
                .sampler(Thinker.sampler(model.tokenizer(), "", List.of(), answered));
        List<ChatEvent> events = new ArrayList<>();
        try (Reply reply = chatModel.reply(ASK, options);
                AnswerReader whole = AnswerReader.of(template, template.render(ASK, options).params(), () -> "made")) {
            reply.forEach(events::add);
            Answer answer = reply.answer();
            Told told = Told.of(events, answer.message());
            assertThat(told.fromEvents()).as("%s: %s", name, text).isEqualTo(answer.message());
            RenderedPrompt prompt = template.render(ASK, options);
            String made = text(answer, new AnswerOptions(model, options).of(prompt, Optional.empty(), Cancellation.create()).visibleTokens());
            for (String stop : prompt.stops()) {
                made = made.split(Pattern.quote(stop), 2)[0];
            }
            whole.accept(made);
            assertThat(withoutIds(answer.message())).as("%s: %s", name, text).isEqualTo(withoutIds(whole.finish(answer.reason() == StopReason.LENGTH).message()));
            for (int i = 0; i < told.calls.size(); i++) {
                assertThat(told.names.get(i)).hasToString(told.calls.get(i).name());
                assertThat(told.arguments.get(i)).hasToString(told.calls.get(i).arguments());
            }
            answers.incrementAndGet();
            calls.addAndGet(told.calls.size());
            thoughts.addAndGet(answer.message().reasoning().isPresent() ? 1 : 0);
        } catch (SamplingException e) {
            // What looks like the start of a call before all of its letters are there.
            assertThat(name).isEqualTo("meetkai-functionary-medium-v3.2.jinja");
            refused.incrementAndGet();
        } catch (TemplateException e) {
            // Not every answer that a template writes is one that its parser takes: then it is one in no pieces.
            refused.incrementAndGet();
            try (AnswerReader whole = AnswerReader.of(template, template.render(ASK, options).params(), () -> "made")) {
                assertThatExceptionOfType(TemplateException.class).as("%s: %s", name, text).isThrownBy(() -> {
                    whole.accept(e.text());
                    whole.finish(false);
                });
            }
        }
    }

    /** As the model wrote it. */
    private static String text(Answer answer, Set<Integer> visible) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int token : Asked.ids(answer)) {
            byte[] piece = model.tokenizer().piece(token);
            if (visible.contains(token) || !model.tokenizer().isEndOfGeneration(token)) {
                bytes.writeBytes(piece.length == 0 ? model.tokenizer().info(token).text().getBytes(StandardCharsets.UTF_8) : piece);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static AssistantMessage withoutIds(AssistantMessage message) {
        return new AssistantMessage(message.content(), message.reasoning(),
                message.toolCalls().stream().map(call -> new ToolCall("", call.name(), call.arguments())).toList());
    }
}
