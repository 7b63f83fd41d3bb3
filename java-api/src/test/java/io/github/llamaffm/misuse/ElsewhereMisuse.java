package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import java.util.List;

/** What other tests of this repository show, each in a process of its own. */
final class ElsewhereMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Shown elsewhere";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                elsewhere("An assertion that fails inside a decode (`GGML_ASSERT`, `GGML_ABORT`)", "abort",
                        "no row here leads to one: `PoisonIT` makes one below the API; it is a `DecodeException`, and every later call of that"
                                + " context a `PoisonedContextException`"),
                elsewhere("The process left while a thread decodes", "signal in 45 of 160 runs", "`ExitIT`: it ends with its own exit code"),
                elsewhere("A state saved to a full disk", "not tried", "`StateIT`: a `StateException`, and what was saved before stays"),
                elsewhere("LoRA files with random bytes in their heads", "not tried", "`HostileIT`: each is an `AdapterException`, or is computed with"),
                elsewhere("Models with flipped bits, wrong numbers, types and shapes", "NULL, loads, abort, or signal", "`HostileIT`: each is a `ModelLoadException`, or is computed with"),
                elsewhere("An RPC server that is lost in the middle", "abort", "`RpcIT`: an `RpcException`, and the context is poisoned"));
    }

    /** The test is named by its class, which must be there. */
    private static MisuseRow elsewhere(String misuse, String alone, String where) {
        MisuseRow.Step look = _ -> {
            String name = where.replaceAll("(?s).*?`(\\w+IT)`.*", "$1");
            assertThat(List.of("io.github.llamaffm.", "io.github.llamaffm.lifecycle.", "io.github.llamaffm.state.", "io.github.llamaffm.adapters.",
                    "io.github.llamaffm.remote.", "io.github.llamaffm.hostile.")).anyMatch(room -> exists(room + name));
        };
        return new MisuseRow(misuse, alone, new MisuseRow.Expected.Elsewhere(where), look.asAction());
    }

    private static boolean exists(String name) {
        return ElsewhereMisuse.class.getClassLoader().getResource(name.replace('.', '/') + ".class") != null;
    }
}
