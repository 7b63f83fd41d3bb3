package io.github.llamaffm.misuse;

import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything of the page, in two JVMs at a time. */
class MisuseIT {

    private static final MisuseGroup LONGEST = new HugeTextMisuse();

    private static final List<MisuseGroup> BEFORE = List.of(new ModelMisuse(), new ContextMisuse(), new BatchMisuse(), new OutputMisuse(),
            new SequenceMisuse(), new StateMisuse(), new TextMisuse());

    private static final List<MisuseGroup> AFTER = List.of(new SamplerMisuse(), new GrammarMisuse(), new AdapterMisuse(), new HandleMisuse(),
            new CallbackMisuse(), new ThreadMisuse(), new StackMisuse(), new ElsewhereMisuse());

    @Test
    void endsInTheExceptionOfThePage(@TempDir Path folder) throws IOException {
        List<MisuseGroup> others = new ArrayList<>(BEFORE);
        others.addAll(AFTER);
        MisuseRun texts = MisuseRun.start(folder.resolve("texts"), List.of(LONGEST));
        MisuseRun rest = MisuseRun.start(folder.resolve("others"), others);
        List<MisuseRun.Table> tables = new ArrayList<>(rest.end());
        tables.addAll(BEFORE.size(), texts.end());

        MisusePage.compareOrUpdate(tables);
    }
}
