package io.github.llamaffm.cli.bench;

import io.github.llamaffm.cli.bench.Field.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The fields and columns of llama-bench, in its order, then those that it has not. */
final class TokenLayout {

    private TokenLayout() {}

    static Layout<TokenResult> of(Machine machine, Shown shown) {
        return new Layout<>(fields(machine), columns(machine, shown), "build: %s (0)".formatted(machine.build()));
    }

    private static List<Field<TokenResult>> fields(Machine machine) {
        return List.of(
                Field.fixed("build_commit", Type.TEXT, machine.build()),
                Field.fixed("build_number", Type.NUMBER, "0"),
                Field.fixed("cpu_info", Type.TEXT, machine.cpus()),
                Field.fixed("gpu_info", Type.TEXT, machine.gpus()),
                Field.fixed("backends", Type.TEXT, machine.backends()),
                Field.text("model_filename", result -> setting(result).model()),
                Field.text("model_type", result -> result.facts().model()),
                Field.number("model_size", result -> result.facts().bytes()),
                Field.number("model_n_params", result -> result.facts().parameters()),
                Field.number("n_batch", result -> setting(result).batch()),
                Field.number("n_ubatch", result -> setting(result).ubatch()),
                Field.number("n_threads", result -> result.facts().threads()),
                Field.fixed("cpu_mask", Type.TEXT, "0x0"),
                Field.fixed("cpu_strict", Type.FLAG, "0"),
                Field.fixed("poll", Type.NUMBER, "50"),
                Field.text("type_k", result -> Words.of(setting(result).keyType())),
                Field.text("type_v", result -> Words.of(setting(result).valueType())),
                Field.number("n_gpu_layers", result -> setting(result).gpuLayers()),
                Field.fixed("n_cpu_moe", Type.NUMBER, "0"),
                Field.fixed("split_mode", Type.TEXT, "layer"),
                Field.fixed("main_gpu", Type.NUMBER, "0"),
                Field.fixed("no_kv_offload", Type.FLAG, "0"),
                Field.number("flash_attn", result -> setting(result).flashAttentionNumber()),
                Field.fixed("devices", Type.TEXT, "auto"),
                Field.fixed("tensor_split", Type.TEXT, "0.00"),
                Field.fixed("tensor_buft_overrides", Type.TEXT, "none"),
                Field.fixed("load_mode", Type.TEXT, "auto"),
                Field.fixed("lazy_mode", Type.TEXT, "auto"),
                Field.fixed("embeddings", Type.FLAG, "0"),
                Field.fixed("no_op_offload", Type.NUMBER, "0"),
                Field.fixed("no_host", Type.FLAG, "0"),
                Field.fixed("fit_target", Type.NUMBER, "0"),
                Field.fixed("fit_min_ctx", Type.NUMBER, "0"),
                Field.number("n_prompt", result -> result.test().prompt()),
                Field.number("n_gen", result -> result.test().generated()),
                Field.number("n_depth", result -> result.test().depth()),
                Field.text("test_time", result -> result.facts().started().toString()),
                Field.number("avg_ns", result -> (long) result.nanos().mean()),
                Field.number("stddev_ns", result -> (long) result.nanos().deviation()),
                Field.decimal("avg_ts", result -> result.rates().mean()),
                Field.decimal("stddev_ts", result -> result.rates().deviation()),
                Field.list("samples_ns", TokenResult::nanos),
                Field.list("samples_ts", TokenResult::rates),
                Field.text("sampler", result -> Words.of(result.test().sampling())),
                Field.number("ttft_ns", result -> result.firstToken().map(samples -> Long.toString((long) samples.mean())).orElse("")),
                Field.list("samples_ttft_ns", result -> result.firstToken().orElse(Samples.of(new long[0]))),
                Field.decimal("heap_bytes_per_token", TokenResult::heapBytesPerToken));
    }

    private static List<Column<TokenResult>> columns(Machine machine, Shown shown) {
        List<Column<TokenResult>> columns = new ArrayList<>();
        columns.add(Column.left("model", 30, result -> result.facts().model()));
        columns.add(Column.right("size", 10, result -> Words.bytes(result.facts().bytes())));
        columns.add(Column.right("params", 10, result -> Words.parameters(result.facts().parameters())));
        columns.add(Column.left("backend", 10, _ -> machine.backends()));
        columns.addAll(SettingColumns.of(shown.on(machine), TokenLayout::setting, TokenResult::facts));
        columns.add(Column.right("test", 15, result -> result.test().name()));
        columns.add(Column.right("t/s", 20, result -> Words.spread(result.rates())));
        if (shown.sampling()) {
            columns.add(Column.left("sampler", 10, result -> Words.of(result.test().sampling())));
            columns.add(Column.right("ttft ms", 10, result -> result.firstToken()
                    .map(samples -> String.format(Locale.ROOT, "%.2f", samples.mean() / 1e6)).orElse("-")));
        }
        columns.add(Column.right("heap B/t", 10, result -> String.format(Locale.ROOT, "%.1f", result.heapBytesPerToken())));
        return columns;
    }

    private static Setting setting(TokenResult result) {
        return result.test().setting();
    }
}
