package io.github.llamaffm.cli.bench;

import io.github.llamaffm.cli.bench.Field.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The fields and columns of llama-batched-bench, in its order, then those that it has not. */
final class ParallelLayout {

    private ParallelLayout() {}

    static Layout<ParallelResult> of(Machine machine, Shown shown) {
        return new Layout<>(fields(), columns(shown), "build: %s (0)".formatted(machine.build()));
    }

    private static List<Field<ParallelResult>> fields() {
        return List.of(
                Field.number("n_kv_max", result -> result.facts().contextSize()),
                Field.number("n_batch", result -> setting(result).batch()),
                Field.number("n_ubatch", result -> setting(result).ubatch()),
                Field.number("flash_attn", result -> setting(result).flashAttentionNumber()),
                Field.fixed("is_pp_shared", Type.NUMBER, "0"),
                Field.number("n_gpu_layers", result -> setting(result).gpuLayers()),
                Field.number("n_threads", result -> result.facts().threads()),
                Field.number("n_threads_batch", result -> result.facts().threads()),
                Field.number("pp", result -> result.test().prompt()),
                Field.number("tg", result -> result.test().generated()),
                Field.number("pl", result -> result.test().sequences()),
                Field.number("n_kv", result -> result.promptTokens() + result.generatedTokens()),
                Field.decimal("t_pp", ParallelResult::promptSeconds),
                Field.decimal("speed_pp", ParallelResult::promptRate),
                Field.decimal("t_tg", ParallelResult::generationSeconds),
                Field.decimal("speed_tg", ParallelResult::generationRate),
                Field.decimal("t", ParallelResult::seconds),
                Field.decimal("speed", ParallelResult::rate),
                Field.text("model_filename", result -> setting(result).model()),
                Field.text("model_type", result -> result.facts().model()),
                Field.text("type_k", result -> Words.of(setting(result).keyType())),
                Field.text("type_v", result -> Words.of(setting(result).valueType())),
                Field.text("test_time", result -> result.facts().started().toString()),
                Field.list("samples_pp_ns", ParallelResult::promptNanos),
                Field.list("samples_tg_ns", ParallelResult::generationNanos),
                Field.decimal("heap_bytes_per_token", ParallelResult::heapBytesPerToken));
    }

    private static List<Column<ParallelResult>> columns(Shown shown) {
        List<Column<ParallelResult>> columns = new ArrayList<>(List.of(
                Column.right("PP", 6, result -> result.test().prompt()),
                Column.right("TG", 6, result -> result.test().generated()),
                Column.right("B", 4, result -> result.test().sequences()),
                Column.right("N_KV", 6, result -> result.promptTokens() + result.generatedTokens()),
                decimal("T_PP s", "%.3f", ParallelResult::promptSeconds),
                decimal("S_PP t/s", "%.2f", ParallelResult::promptRate),
                decimal("T_TG s", "%.3f", ParallelResult::generationSeconds),
                decimal("S_TG t/s", "%.2f", ParallelResult::generationRate),
                decimal("T s", "%.3f", ParallelResult::seconds),
                decimal("S t/s", "%.2f", ParallelResult::rate),
                decimal("heap B/t", "%.1f", ParallelResult::heapBytesPerToken)));
        if (shown.models()) {
            columns.add(Column.left("model", 30, result -> result.facts().model()));
        }
        columns.addAll(SettingColumns.of(shown, ParallelLayout::setting, ParallelResult::facts));
        return columns;
    }

    private static Column<ParallelResult> decimal(
            String title, String format, ToDoubleFunction<ParallelResult> value) {
        return Column.right(title, 8, result -> String.format(Locale.ROOT, format, value.applyAsDouble(result)));
    }

    private static Setting setting(ParallelResult result) {
        return result.test().setting();
    }
}
