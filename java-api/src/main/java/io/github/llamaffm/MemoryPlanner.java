package io.github.llamaffm;

import java.util.OptionalInt;
import java.util.function.IntToLongFunction;

/** Chooses the size of a context by what is available. */
final class MemoryPlanner {

    /** Where nothing was asked for. */
    private static final int DEFAULT_MOST = 8192;

    private final MemoryMeter meter;
    private final MemoryLimits limits;
    private final ContextOptions options;

    MemoryPlanner(MemoryMeter meter, MemoryLimits limits, ContextOptions options) {
        this.meter = meter;
        this.limits = limits;
        this.options = options;
    }

    /** The plan for the size that {@link #contextSize} would choose, or refuse. */
    MemoryPlan plan() {
        int trained = meter.measure(meter.step()).trainedContextSize();
        int wanted = wanted(trained);
        OptionalInt largest = largest(mostUseful(trained, wanted));
        int size = isOpen() && largest.isPresent() ? Math.min(wanted, largest.getAsInt()) : wanted;
        return limits.plan(meter.measure(size), largest);
    }

    /** The plan for what is asked for, or would be taken if it fitted; no largest context. */
    MemoryPlan planAsWanted() {
        int trained = meter.measure(meter.step()).trainedContextSize();
        return limits.plan(meter.measure(wanted(trained)), OptionalInt.empty());
    }

    /**
     * The size to ask llama.cpp for.
     *
     * @param trained of the model, at least 1
     * @throws InsufficientMemoryException if it cannot fit
     */
    int contextSize(int trained) {
        int wanted = wanted(trained);
        if (meter.surelyFits(wanted, limits)) {
            return wanted;
        }
        MemoryPlan plan = limits.plan(meter.measure(wanted), OptionalInt.empty());
        if (plan.fits()) {
            return wanted;
        }
        OptionalInt largest = largest(wanted);
        if (isOpen() && largest.isPresent()) {
            return largest.getAsInt();
        }
        throw InsufficientMemoryException.of(wanted, plan.tightest(), largest);
    }

    private boolean isOpen() {
        return options.contextSize().isEmpty() && !options.trainedContextSize();
    }

    private int wanted(int trained) {
        return isOpen() ? Math.min(trained, DEFAULT_MOST) : options.contextSize().orElse(trained);
    }

    private int mostUseful(int trained, int wanted) {
        return Math.max(wanted, (int) Math.min((long) trained * options.maxSequences(), Integer.MAX_VALUE - MemoryUse.STEP));
    }

    private OptionalInt largest(int most) {
        return largest(meter.step(), most, size -> limits.plan(meter.measure(size), OptionalInt.empty()).excess());
    }

    /**
     * The largest size that fits, among {@code most} and the multiples of {@code step} below it.
     *
     * @param excess of a size: at most 0 where it fits; never falls, and grows nearly in a straight line
     */
    static OptionalInt largest(int step, int most, IntToLongFunction excess) {
        long above = excess.applyAsLong(most);
        if (above <= 0) {
            return OptionalInt.of(most);
        }
        int fits = 1;
        int tooLarge = (most + step - 1) / step;
        if (tooLarge == fits) {
            return OptionalInt.empty();
        }
        long below = excess.applyAsLong(step);
        if (below > 0) {
            return OptionalInt.empty();
        }
        boolean halve = false;
        while (tooLarge - fits > 1) {
            // Where the straight line crosses zero; every second time the middle, so that a bend costs no more than it must.
            int guess = halve
                    ? fits + (tooLarge - fits) / 2
                    : fits + (int) ((tooLarge - fits) * (-(double) below / ((double) above - below)));
            guess = Math.clamp(guess, fits + 1, tooLarge - 1);
            long value = excess.applyAsLong(guess * step);
            if (value <= 0) {
                // The next one up is where the line says that nothing fits any more.
                fits = guess;
                below = value;
                if (!halve && tooLarge - fits > 1) {
                    long next = excess.applyAsLong((fits + 1) * step);
                    if (next > 0) {
                        return OptionalInt.of(fits * step);
                    }
                    fits++;
                    below = next;
                }
            } else {
                tooLarge = guess;
                above = value;
            }
            halve = !halve;
        }
        return OptionalInt.of(fits * step);
    }
}
