package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/** Runs of one character, through each vocabulary: some recurse once for each of them. */
final class HugeTextMisuse implements MisuseGroup {

    private static final int BYTES = 1 << 20;
    private static final int STACK = 1 << 20;

    @Override
    public String title() {
        return "Texts of one character, from a stack of 1 MiB";
    }

    @Override
    public List<MisuseRow> rows() {
        List<MisuseRow> rows = new ArrayList<>();
        for (Path file : TestFiles.vocabularies()) {
            String name = file.getFileName().toString().replace("ggml-vocab-", "").replace(".gguf", "");
            rows.add(row("of llama.cpp's `" + name + "`", name.startsWith("deepseek") ? "signal at 4,000 letters" : "not tried", _ -> file));
        }
        assertThat(rows).hasSize(19);
        Stream.of(TinyModel.llama(), TinyModel.bert(), TinyModel.t5()).forEach(model ->
                rows.add(row("of the testkit's " + model.name(), "not tried", scene -> scene.file(model))));
        return rows;
    }

    private interface VocabularyFile {
        Path of(Scene scene);
    }

    private static MisuseRow row(String vocabulary, String alone, VocabularyFile file) {
        return works("1 MiB of `a`, `漢` and spaces, " + vocabulary, alone, scene -> {
            try (Model model = Model.load(file.of(scene), ModelOptions.builder().vocabularyOnly(true).build())) {
                // The longest that may be tokenised on the caller's own stack, what overflows it, and far more.
                for (int bytes : new int[] {1024, 8192}) {
                    encode(model.tokenizer(), "a".repeat(bytes), Thread.ofVirtual()).get();
                    encode(model.tokenizer(), "a".repeat(bytes), Thread.ofPlatform().stackSize(STACK)).get();
                }
                List<FutureTask<Integer>> counts = List.of(
                        encode(model.tokenizer(), "a".repeat(BYTES), Thread.ofPlatform().stackSize(STACK)),
                        encode(model.tokenizer(), "漢".repeat(BYTES / 3), Thread.ofVirtual()),
                        encode(model.tokenizer(), " ".repeat(BYTES), Thread.ofPlatform().stackSize(STACK)));
                return "%d, %d and %d tokens".formatted(counts.get(0).get(), counts.get(1).get(), counts.get(2).get());
            }
        });
    }

    private static FutureTask<Integer> encode(Tokenizer tokenizer, String text, Thread.Builder thread) {
        FutureTask<Integer> task = new FutureTask<>(() -> {
            int count = tokenizer.encode(text).length;
            assertThat(count).isLessThanOrEqualTo(text.getBytes(StandardCharsets.UTF_8).length + 2);
            return count;
        });
        thread.start(task);
        return task;
    }
}
