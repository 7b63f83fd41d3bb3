package io.github.llamaffm.fuzz;

import io.github.llamaffm.Context;
import io.github.llamaffm.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** States: saved, changed, restored elsewhere. */
final class States {

    private States() {}

    private static Path file(Player p) {
        return p.mischief() ? p.run().folder() : p.run().folder().resolve("state-" + p.number() + "-" + p.below(3));
    }

    @Operation(weight = 5)
    static void save(Player p) {
        Sequence sequence = Sequences.any(p);
        if (p.chance(60)) {
            p.keep(Kind.STATE, new Saved(false, Optional.of(sequence.save()), Optional.empty()), sequence.context());
        } else {
            Path file = p.arg("file", file(p));
            sequence.save(p.orNull(file));
            p.keep(Kind.STATE, new Saved(false, Optional.empty(), Optional.of(file)), sequence.context());
        }
    }

    @Operation(weight = 3)
    static void saveAll(Player p) {
        Context context = Contexts.any(p);
        if (p.chance(60)) {
            p.keep(Kind.STATE, new Saved(true, Optional.of(context.saveState()), Optional.empty()), context);
        } else {
            Path file = p.arg("file", file(p));
            context.saveState(p.orNull(file));
            p.keep(Kind.STATE, new Saved(true, Optional.empty(), Optional.of(file)), context);
        }
    }

    @Operation(weight = 8)
    static void restore(Player p) {
        Sequence sequence = Sequences.any(p);
        Saved saved = p.pick(Kind.STATE, p.chance(60) ? sequence.context() : null);
        if (saved.bytes().isPresent()) {
            sequence.restore(p.orNull(saved.bytes().get()));
        } else {
            sequence.restore(p.orNull(saved.file().orElseThrow()));
        }
    }

    @Operation(weight = 4)
    static void load(Player p) {
        Context context = Contexts.any(p);
        Saved saved = p.pick(Kind.STATE, p.chance(60) ? context : null);
        var sequences = saved.bytes().isPresent()
                ? context.loadState(p.orNull(saved.bytes().get()))
                : context.loadState(p.orNull(saved.file().orElseThrow()));
        sequences.forEach(sequence -> p.keep(Kind.SEQUENCE, sequence, context));
    }

    /** To another context with equal options, where everything goes on. */
    @Operation(weight = 4)
    static void move(Player p) {
        Context context = Contexts.any(p);
        boolean inMemory = p.arg("inMemory", p.chance(50));
        Path file = file(p);
        byte[] state = inMemory ? context.saveState() : new byte[0];
        if (!inMemory) {
            context.saveState(file);
        }
        Context other = p.keep(Kind.CONTEXT, context.model().newContext(context.options()), context.model());
        var sequences = inMemory ? other.loadState(state) : other.loadState(file);
        sequences.forEach(sequence -> p.keep(Kind.SEQUENCE, sequence, other));
    }

    /** Bits flip, and files are cut: also one that another thread reads now. */
    @Operation(weight = 3)
    static void damage(Player p) {
        Saved saved = p.pick(Kind.STATE);
        saved.bytes().ifPresent(bytes -> {
            if (bytes.length > 0) {
                bytes[p.below(bytes.length)] ^= (byte) (1 << p.below(8));
            }
        });
        saved.file().filter(Files::isRegularFile).ifPresent(file -> {
            try {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, p.chance(50) ? java.util.Arrays.copyOf(bytes, p.below(bytes.length + 1)) : bytes);
            } catch (IOException e) {
                throw new NothingThere("file, " + new UncheckedIOException(e));
            }
        });
    }
}
