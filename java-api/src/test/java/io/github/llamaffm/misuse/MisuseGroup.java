package io.github.llamaffm.misuse;

import java.util.List;

/** Rows that belong together. */
interface MisuseGroup {

    String title();

    List<MisuseRow> rows();

    /** In the order of the page. */
    static List<MisuseGroup> all() {
        return List.of(new ModelMisuse(), new ContextMisuse(), new BatchMisuse(), new OutputMisuse(), new SequenceMisuse(),
                new StateMisuse(), new TextMisuse(), new HugeTextMisuse(), new SamplerMisuse(), new GrammarMisuse(),
                new AdapterMisuse(), new HandleMisuse(), new CallbackMisuse(), new ThreadMisuse(), new StackMisuse(),
                new ElsewhereMisuse());
    }
}
