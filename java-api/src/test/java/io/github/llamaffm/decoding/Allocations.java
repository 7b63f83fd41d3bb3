package io.github.llamaffm.decoding;

import com.sun.management.ThreadMXBean;
import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Logits;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Iterator;

/** Prints what the thread's own counter says of token 2,001 to 10,000, a name and a number a line. */
final class Allocations {
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BEFORE = 2_000;
    private static final int TOKENS = 10_000;

    private Allocations() {
    }

    public static void main(String[] arguments) {
        try (Model model = Model.load(Path.of(arguments[0]))) {
            try (Context context = open(model)) {
                decode(model, context);
            }
            try (Context context = open(model)) {
                generate(context);
            }
        }
    }

    private static Context open(Model model) {
        return model.newContext(ContextOptions.builder().contextSize(10_240).threads(1).build());
    }

    private static long allocated() {
        return THREAD.getCurrentThreadAllocatedBytes();
    }

    /** A loop of one's own. */
    private static void decode(Model model, Context context) {
        try (Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            byte[] piece = new byte[256];
            long bytes = 0;
            long start = 0;
            int token = 3;
            for (int i = 0; i < TOKENS; i++) {
                if (i == BEFORE) {
                    start = allocated();
                }
                batch.clear();
                int row = batch.add(sequence, token, true);
                context.decode(batch);
                token = context.logits(row).argMax();
                bytes += model.tokenizer().piece(token, piece);
            }
            long decoded = allocated() - start;

            Logits[] views = new Logits[TOKENS - BEFORE];
            start = allocated();
            for (int i = 0; i < views.length; i++) {
                views[i] = context.logits(0);
            }
            print("view", (allocated() - start) / views.length);
            print("views", views.length);
            print("decoded", decoded);
            print("bytes", bytes);
        }
    }

    private static void generate(Context context) {
        GenerateOptions options = GenerateOptions.builder().maxTokens(TOKENS).sampler(SamplerOptions.greedy()).build();
        try (Generation generation = context.generate("Once upon a time", options)) {
            Iterator<String> pieces = generation.iterator();
            long strings = 0;
            long start = 0;
            int chars = 0;
            int count = 0;
            while (pieces.hasNext()) {
                String piece = pieces.next();
                if (++count == BEFORE) {
                    start = allocated();
                    strings = 0;
                }
                strings += sizeOf(piece);
                chars += piece.length();
            }
            print("generated", allocated() - start);
            print("strings", strings);
            print("chars", chars);
            print("pieces", count);
        }
    }

    /** The object, and its array of one byte per char. */
    private static long sizeOf(String text) {
        return 24 + (16 + text.length() + 7) / 8 * 8;
    }

    private static void print(String name, long value) {
        System.out.println(name + " " + value);
    }
}
