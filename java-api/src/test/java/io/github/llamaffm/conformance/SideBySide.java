package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.support.TestFiles;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The default model in llama-server and in a context of ours, with equal settings: each has a core, and both answer at once. */
final class SideBySide implements AutoCloseable {
    private final LlamaServer server;
    private final Model model;
    private final Context context;

    SideBySide(int contextSize) {
        // Equal logits need all of these to be equal.
        server = LlamaServer.start(TestFiles.model(), "--ctx-size", Integer.toString(contextSize), "--batch-size", "2048",
                "--ubatch-size", "512", "--threads", "1", "--threads-batch", "1");
        model = Model.load(TestFiles.model());
        context = model.newContext(ContextOptions.builder().contextSize(contextSize).threads(1).build());
    }

    Context context() {
        return context;
    }

    /**
     * Generates here and there, and compares the tokens.
     *
     * @param fields of the request, beside the prompt and the number of tokens
     */
    GenerationResult assertSameTokens(String prompt, int tokens, Map<String, Object> fields, GenerateOptions.Builder options) {
        Map<String, Object> request = new LinkedHashMap<>(fields);
        request.putAll(Map.of("prompt", prompt, "n_predict", tokens));
        var completion = CompletableFuture.supplyAsync(() -> server.complete(request));
        GenerationResult actual;
        try (Generation generation = context.generate(prompt, options.maxTokens(tokens).build())) {
            actual = generation.result();
        }
        LlamaServer.Completion expected = completion.join();

        assertThat(actual.tokens()).as("%s", request).containsExactly(expected.tokens().toArray(Integer[]::new));
        // The server holds back bytes that are not yet a character.
        assertThat(actual.text()).as("%s", request).startsWith(expected.text());
        return actual;
    }

    @Override
    public void close() {
        context.close();
        model.close();
        server.close();
    }
}
