package io.github.llamaffm.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The columns of what is not as by default, or has several values, in the order of llama-bench. */
final class SettingColumns {

    private SettingColumns() {}

    static <R> List<Column<R>> of(Shown shown, Function<R, Setting> setting, Function<R, Facts> facts) {
        List<Column<R>> columns = new ArrayList<>();
        if (shown.gpuLayers()) {
            columns.add(Column.right("ngl", 3, setting.andThen(Setting::gpuLayers)));
        }
        if (shown.threads()) {
            columns.add(Column.right("threads", 7, facts.andThen(Facts::threads)));
        }
        if (shown.batch()) {
            columns.add(Column.right("n_batch", 7, setting.andThen(Setting::batch)));
        }
        if (shown.ubatch()) {
            columns.add(Column.right("n_ubatch", 8, setting.andThen(Setting::ubatch)));
        }
        if (shown.keyType()) {
            columns.add(Column.right("type_k", 6, setting.andThen(one -> Words.of(one.keyType()))));
        }
        if (shown.valueType()) {
            columns.add(Column.right("type_v", 6, setting.andThen(one -> Words.of(one.valueType()))));
        }
        if (shown.flashAttention()) {
            columns.add(Column.right("fa", 3, setting.andThen(Setting::flashAttentionNumber)));
        }
        return columns;
    }
}
