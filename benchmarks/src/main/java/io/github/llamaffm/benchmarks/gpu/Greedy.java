package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.benchmarks.sides.Child;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Greedy text is upstream's on the same module, byte for byte. */
final class Greedy {

    private static final int TOKENS = 64;
    private static final int CONTEXT = 512;
    private static final int TRIES = 10;

    private Greedy() {}

    static void run(Setup setup, Findings findings) {
        StringBuilder ours = new StringBuilder();
        try (Model model = Model.load(setup.model(), setup.onGpu());
                Context context = model.newContext(ContextOptions.builder().contextSize(CONTEXT).threads(1).build());
                Generation generation = context.generate(Computed.TEXT, Computed.greedy(TOKENS).build())) {
            for (int token : generation.result().tokens()) {
                ours.append(new String(model.tokenizer().piece(token), StandardCharsets.ISO_8859_1));
            }
        }
        List<String> command = List.of(setup.peers().resolve("llama-completion").toString(), "-m", setup.model().toString(), "-t", "1", "-n",
                Integer.toString(TOKENS), "-p", Computed.TEXT, "-c", Integer.toString(CONTEXT), "--temp", "0", "--ignore-eos", "-no-cnv",
                "--no-display-prompt");
        String theirs = "";
        // It does not wait for the thread that writes its text, and now and then the end is missing.
        for (int i = 0; i < TRIES && theirs.length() < ours.length(); i++) {
            String text = Child.run(command).stdout();
            theirs = text.length() > theirs.length() ? text : theirs;
        }
        int same = 0;
        while (same < ours.length() && same < theirs.length() && ours.charAt(same) == theirs.charAt(same)) {
            same++;
        }
        findings.judge(!ours.isEmpty() && theirs.startsWith(ours.toString()) && theirs.substring(ours.length()).isBlank(),
                TOKENS + " greedy tokens", "%d of %d bytes are the same; llama-completion wrote %d", same, ours.length(), theirs.length());
    }
}
