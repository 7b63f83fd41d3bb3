package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.support.DocsPage;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types and schemas, forced on a model that says anything: what it answers is a value, or was cut off. {@code ci/soak schemas} runs all. */
class TypedAnswersIT {

    private static final int SEEDS = Integer.getInteger("schemas.seeds", 3);
    private static final int EVERY = Integer.getInteger("schemas.every", 12);
    private static final int TEXTS = Integer.getInteger("schemas.texts", 4);
    private static final int MAX_TOKENS = Integer.getInteger("schemas.tokens", 6_000);

    @TempDir
    private static Path folder;

    private static Model model;
    private static ChatModel chatModel;
    private static PromptTemplate template;

    @BeforeAll
    static void open() {
        model = Model.load(TinyModel.llama().contextSize(8_192).writeTo(folder.resolve("tiny.gguf")));
        chatModel = ChatModel.of(model, ChatModelOptions.builder().cachedConversations(1)
                .context(ContextOptions.builder().contextSize(8_192).threads(1).build()).build());
        template = PromptTemplate.open(model, Optional.empty());
    }

    @AfterAll
    static void close() {
        template.close();
        chatModel.close();
        model.close();
    }

    @Test
    void answersAreValuesOrWereCutOff() {
        List<SchemaCase> cases = SchemaCases.all();
        SchemaReport report = new SchemaReport(SEEDS, MAX_TOKENS);
        for (int i = 0; i < cases.size(); i += EVERY) {
            SchemaCase one = cases.get(i);
            Optional<SchemaException> refusal = refusal(one);
            if (refusal.isPresent()) {
                report.refused(one, refusal.get());
            } else {
                report.add(run(one));
            }
        }
        if (Boolean.getBoolean("schemas.report")) {
            DocsPage.update("safety/schemas.md", report.page());
        }
        assertThat(report.failures()).isEmpty();
        assertThat(report.results()).isNotEmpty();
    }

    private static Optional<SchemaException> refusal(SchemaCase one) {
        try {
            SchemaCheck.of(one.schema());
            return Optional.empty();
        } catch (SchemaException e) {
            return Optional.of(e);
        }
    }

    private static SchemaReport.Result run(SchemaCase one) {
        SchemaProbe probe = new SchemaProbe(folder, template, one);
        List<String> wrong = new ArrayList<>();
        Optional<String> valid = Optional.empty();
        int values = 0;
        int cut = 0;
        int garbled = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            AskOptions.Values options = AskOptions.maxTokens(MAX_TOKENS).seed(seed).schemaInPrompt(false)
                    .sampler(SamplerOptions.of(new SamplerSpec.Temperature(2), new SamplerSpec.Dist(OptionalInt.of(seed))));
            try {
                String json = ask(one, options);
                List<String> errors = probe.errors(json);
                if (errors.isEmpty()) {
                    values++;
                    valid = Optional.of(json);
                } else if (json.indexOf('\uFFFD') >= 0) {
                    garbled++;
                } else {
                    wrong.add("seed %d: %s: %s".formatted(seed, shortened(json), errors));
                }
            } catch (IncompleteAnswerException e) {
                cut++;
            } catch (RuntimeException e) {
                wrong.add("seed %d: %s".formatted(seed, e));
            }
        }
        int refused = 0;
        if (valid.isPresent()) {
            if (!probe.accepts(valid.get())) {
                wrong.add("the grammar refuses what it made: " + shortened(valid.get()));
            }
            List<String> invalid = new ArrayList<>(probe.invalid(valid.get()));
            Collections.shuffle(invalid, new Random(1));
            for (String text : invalid.subList(0, Math.min(TEXTS, invalid.size()))) {
                if (probe.accepts(text)) {
                    wrong.add("the grammar accepts " + shortened(text));
                } else {
                    refused++;
                }
            }
        }
        return new SchemaReport.Result(one, values, cut, garbled, refused, wrong);
    }

    /** The answer, which was read as the case's type. */
    private static String ask(SchemaCase one, AskOptions.Values options) {
        if (one.type().isPresent()) {
            return askTyped(one.type().get(), options);
        }
        Answer answer = chatModel.ask("x", options.format(AnswerFormat.schema(one.schema())));
        if (answer.reason() != StopReason.END) {
            throw new IncompleteAnswerException(answer.text(), answer.reason());
        }
        return answer.text();
    }

    private static <T> String askTyped(AnswerType<T> type, AskOptions.Values options) {
        TypedAnswer<T> typed = new TypedAnswer<>(type);
        Answer answer = chatModel.ask("x", typed.options(options));
        assertThat(typed.read(answer)).isNotNull();
        return answer.text();
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 100) + "…" + text.substring(text.length() - 100);
    }
}
