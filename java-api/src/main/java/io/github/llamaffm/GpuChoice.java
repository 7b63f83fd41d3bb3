package io.github.llamaffm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Where a model goes whose options leave it open: all of it to the best GPU that holds it with one default context; else to several
 * GPUs; else as many layers as fit; else to the host.
 *
 * @param options to load with
 * @param shortfall what did not fit, and what would; empty where everything is on GPUs, or was said by the caller
 */
record GpuChoice(ModelOptions options, String shortfall) {

    /** What drivers and kernels take beside the buffers of a plan; as llama.cpp's tools leave free ({@code --fit-target}). */
    static final long MARGIN = 1L << 30;

    private static final int MOST_DEVICES = 16;

    private static final Comparator<MemoryPlan.Part> BEST_FIRST = Comparator.<MemoryPlan.Part, Boolean>comparing(GpuChoice::isRemote)
            .thenComparing(part -> -usable(part));

    /** Loads without weights. */
    interface Trials {

        Trial of(ModelOptions options);
    }

    /**
     * What would come of options.
     *
     * @param plan with one default context; of size 0: with none, because llama.cpp makes none of this model alone
     * @param layers that there are
     * @param placement of the weights
     */
    record Trial(MemoryPlan plan, int layers, List<Placement> placement) {

        /** The output layer counts as one. */
        private int most() {
            return Math.max(layers, placement.stream().mapToInt(Placement::layers).sum()) + 1;
        }

        private List<MemoryPlan.Part> onDevices() {
            return plan.parts().subList(1, plan.parts().size());
        }

        /** A bound: no buffer becomes smaller where there are fewer devices. */
        private long least() {
            return onDevices().stream().mapToLong(part -> part.weights() + part.kvCache()).sum();
        }

        private boolean fits() {
            return onDevices().stream().allMatch(part -> part.total() <= usable(part)) && plan.integratedFit();
        }
    }

    /** @param trials asked only where there is something to choose */
    static GpuChoice of(ModelOptions options, Trials trials) {
        Trial all = trials.of(options);
        List<MemoryPlan.Part> ranked = all.onDevices().stream()
                .filter(part -> part.device().orElseThrow().isGpu())
                .sorted(BEST_FIRST)
                .limit(MOST_DEVICES)
                .toList();
        if (ranked.isEmpty() || ranked.size() == 1 && all.fits()) {
            return new GpuChoice(options, "");
        }
        return sets(ranked).stream()
                .filter(some -> all.least() <= usable(some))
                .map(some -> on(options, some, OptionalInt.empty()))
                .filter(chosen -> trials.of(chosen).fits())
                .findFirst()
                .map(chosen -> new GpuChoice(chosen, ""))
                .orElseGet(() -> partly(options, trials, ranked, all));
    }

    /** Each device, the best first, then more and more of them; none where there is one, which was tried. */
    private static List<List<MemoryPlan.Part>> sets(List<MemoryPlan.Part> ranked) {
        List<List<MemoryPlan.Part>> sets = new ArrayList<>();
        if (ranked.size() > 1) {
            ranked.forEach(part -> sets.add(List.of(part)));
            for (int devices = 2; devices <= ranked.size(); devices++) {
                sets.add(ranked.subList(0, devices));
            }
        }
        return sets;
    }

    /** The most layers that fit: between none and all, which do not. */
    private static GpuChoice partly(ModelOptions options, Trials trials, List<MemoryPlan.Part> ranked, Trial all) {
        int fits = 0;
        int tooMany = all.most();
        // Nearly in proportion to their size.
        int guess = (int) (tooMany * (double) usable(ranked) / Math.max(1, all.onDevices().stream().mapToLong(MemoryPlan.Part::total).sum()));
        Trial best = all;
        while (tooMany - fits > 1) {
            guess = Math.clamp(guess, fits + 1, tooMany - 1);
            Trial trial = trials.of(on(options, ranked, OptionalInt.of(guess)));
            if (trial.fits()) {
                fits = guess;
                best = trial;
            } else {
                tooMany = guess;
            }
            guess = fits + (tooMany - fits) / 2;
        }
        ModelOptions chosen = fits == 0 ? options.onHost() : on(options, ranked, OptionalInt.of(fits));
        return new GpuChoice(chosen, shortfall(fits, best, ranked, all));
    }

    private static ModelOptions on(ModelOptions options, List<MemoryPlan.Part> parts, OptionalInt layers) {
        List<Device> devices = parts.stream().map(part -> part.device().orElseThrow()).toList();
        List<Float> shares = new ArrayList<>();
        if (parts.size() > 1 && usable(parts) > 0) {
            parts.forEach(part -> shares.add((float) usable(part)));
        }
        return options.on(devices, shares, layers);
    }

    private static String shortfall(int fits, Trial best, List<MemoryPlan.Part> ranked, Trial all) {
        String there = (fits == 0 ? ranked : best.onDevices()).stream()
                .map(part -> "%s: %s%s".formatted(part.device().orElseThrow().name(),
                        fits == 0 ? "" : size(part.total()) + " of ", size(usable(part))))
                .collect(Collectors.joining(", "));
        long needed = all.onDevices().stream().mapToLong(MemoryPlan.Part::total).sum();
        return ("%s of %d layers fit on GPUs (%s, and 1 GiB of each stays free), the rest is computed by the CPU; all of them need %s %s. "
                + "Free memory there, or take a smaller quantisation; gpuLayers(n) puts more there where contexts will be smaller")
                .formatted(fits == 0 ? "none" : Integer.toString(fits), all.most(), there, size(needed),
                        all.plan().contextSize() > 0 ? "with a context of " + all.plan().contextSize() + " tokens" : "for the weights alone");
    }

    private static long usable(List<MemoryPlan.Part> parts) {
        return parts.stream().mapToLong(GpuChoice::usable).reduce(0, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }

    /** What may be taken, less the margin where it would reach into that. */
    private static long usable(MemoryPlan.Part part) {
        Device device = part.device().orElseThrow();
        return device.memoryTotal() == 0 ? part.available()
                : Math.min(part.available(), Math.max(0, device.memoryFree() - MARGIN));
    }

    private static boolean isRemote(MemoryPlan.Part part) {
        return part.device().orElseThrow().backend().equals(RpcServers.BACKEND);
    }

    private static String size(long bytes) {
        return bytes < 1_000_000_000 ? bytes / 1_000_000 + " MB" : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
