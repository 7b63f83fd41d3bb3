package io.github.llamaffm.hostile;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.KvType;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Mutated states of sequences and contexts, most of them with a right checksum: without it none would reach native code. */
final class StateAttack implements Attack {

    private static final int[] PROMPT = {9, 8, 7, 6, 5, 4, 3, 2, 1, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    private static final int[] OTHER = {30, 31, 32};

    /** Of all contexts: threads that look for work would take the cores from each other. */
    private static final ThreadPool POOL = ThreadPool.of(2);

    /** Memories of every kind, and caches laid out in every way. */
    private record Setting(String model, ContextOptions options) {}

    /** A context, its sound states, and what it says after them. */
    private static final class Subject implements AutoCloseable {
        private final Setting setting;
        private final Model model;
        private Context context;
        private byte[] one;
        private byte[] all;
        private int[] expected;

        Subject(Setting setting, Path folder) {
            this.setting = setting;
            this.model = Model.load(Bases.model(folder, setting.model()));
            open();
            try (Sequence first = context.newSequence()) {
                first.append(PROMPT);
                one = first.save();
                expected = next(first);
                first.clear();
                first.append(OTHER);
                if (context.maxSequences() > 1) {
                    try (Sequence second = context.newSequence()) {
                        second.append(PROMPT);
                        all = context.saveState();
                    }
                } else {
                    all = context.saveState();
                }
            }
        }

        void open() {
            context = model.newContext(setting.options());
        }

        @Override
        public void close() {
            context.close();
            model.close();
        }
    }

    private final List<Subject> subjects;

    StateAttack(Path folder) {
        subjects = settings().stream().map(setting -> new Subject(setting, folder)).toList();
    }

    private static List<Setting> settings() {
        List<Setting> all = new ArrayList<>();
        for (String model : List.of("tiny-llama", "tiny-gemma2", "tiny-mamba", "random-jamba-dense", "random-falcon-h1-dense",
                "random-lfm2-dense", "random-qwen35-dense", "random-qwen2vl-dense", "random-llama4-moe", "random-deepseek2-moe")) {
            for (int sequences : new int[] {1, 3}) {
                var options = ContextOptions.builder().contextSize(256).batchSize(64).threadPool(POOL).maxSequences(sequences);
                all.add(new Setting(model, options.build()));
            }
        }
        var plain = ContextOptions.builder().contextSize(256).batchSize(64).threadPool(POOL).maxSequences(3);
        all.add(new Setting("tiny-llama", plain.unifiedCache(false).build()));
        all.add(new Setting("tiny-llama", plain.flashAttention(FlashAttention.OFF).build()));
        all.add(new Setting("tiny-gemma2", plain.fullSlidingWindow(true).build()));
        all.add(new Setting("tiny-gemma3", plain.unifiedCache(true).build()));
        all.add(new Setting("tiny-qwen2", ContextOptions.builder().contextSize(256).threadPool(POOL).keyType(KvType.Q8_0)
                .valueType(KvType.Q8_0).build()));
        all.add(new Setting("tiny-mamba", ContextOptions.builder().contextSize(256).threadPool(POOL).recurrentRollback(3).build()));
        return all;
    }

    @Override
    public Outcome run(int number, Random random, Journal journal) {
        Subject subject = subjects.get(number % subjects.size());
        boolean whole = random.nextInt(3) == 0;
        StateDamage damage = StateDamage.of(whole ? subject.all : subject.one, whole ? subject.one : subject.all, random);
        journal.mutation(damage.kind(), subject.setting.model() + (whole ? " context" : " sequence"), damage.description());
        journal.stage("restore");
        Outcome outcome = whole ? load(subject, damage.bytes(), journal) : restore(subject, damage.bytes(), journal);
        journal.stage("health");
        if (subject.context.isPoisoned()) {
            subject.context.close();
            subject.open();
        }
        requireHealthy(subject);
        return outcome;
    }

    private static Outcome restore(Subject subject, byte[] state, Journal journal) {
        try (Sequence sequence = subject.context.newSequence()) {
            sequence.append(OTHER);
            try {
                sequence.restore(state);
            } catch (LlamaException e) {
                return Outcome.of(true, e);
            }
            return use(sequence, journal);
        }
    }

    private static Outcome load(Subject subject, byte[] state, Journal journal) {
        List<Sequence> sequences;
        try {
            sequences = subject.context.loadState(state);
        } catch (LlamaException e) {
            return Outcome.of(true, e);
        }
        Outcome outcome = Outcome.USED;
        for (Sequence sequence : sequences) {
            outcome = outcome.or(use(sequence, journal));
        }
        sequences.forEach(Sequence::close);
        return outcome;
    }

    private static Outcome use(Sequence sequence, Journal journal) {
        try {
            journal.stage("continue");
            next(sequence);
            journal.stage("append");
            sequence.append(OTHER);
            journal.stage("save");
            sequence.restore(sequence.save());
            journal.stage("remove");
            if (sequence.canRemove(0, 1)) {
                sequence.remove(0, 1);
            }
            if (sequence.length() > 2 && sequence.canShift(1, 2)) {
                sequence.discard(0, 1);
            }
            journal.stage("truncate");
            sequence.truncate(sequence.length() / 2);
            sequence.append(OTHER);
            return Outcome.USED;
        } catch (LlamaException | IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
            Outcome.requireDocumented(e);
            return Outcome.of(false, e);
        }
    }

    /** What is left in the context changes nothing for others. */
    private static void requireHealthy(Subject subject) {
        try (Sequence sequence = subject.context.newSequence()) {
            sequence.restore(subject.one);
            int[] tokens = next(sequence);
            if (!Arrays.equals(tokens, subject.expected)) {
                throw new AssertionError("a sound state is continued with %s, was %s".formatted(
                        Arrays.toString(tokens), Arrays.toString(subject.expected)));
            }
        }
    }

    private static int[] next(Sequence sequence) {
        var options = GenerateOptions.builder().maxTokens(3).sampler(SamplerOptions.greedy()).build();
        try (Generation generation = sequence.generate(new int[0], options)) {
            return generation.result().tokens();
        }
    }

    @Override
    public void close() {
        subjects.forEach(Subject::close);
        POOL.close();
    }
}
