package io.github.llamaffm.hostile;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The page of a long run: what was tried and what came of it. */
final class HostileReport {

    private static final int SLOWEST = 5;

    private static final String NOT_GUARDED = """

            ## What is not guarded

            - **Windows**: that an abort on a compute thread fails the call, as elsewhere ([why](../decisions/0009-aborts-on-compute-threads.md)), was not tried there.
            - A memory error in C++ that no case of this run met. Load models of unknown origin in a process of their own.
            - What a call had allocated when it was left by an abort is lost; the tables above count such calls.

            What was found and is guarded, in a form for upstream: [rope dimensions](../upstream/rope-dimensions.md),
            [aborts on compute threads](../upstream/aborts-on-compute-threads.md), [cell counts](../upstream/state-cell-count.md) and
            [negative positions](../upstream/state-negative-position.md) of saved states, [stacks of grammars](../upstream/grammar-stacks.md).
            """;

    private final StringBuilder out = new StringBuilder();
    private final List<Trial> trials;

    private HostileReport(List<Trial> trials) {
        this.trials = trials;
    }

    /** @param machine in words */
    static String of(List<Trial> trials, long seed, String llamaCpp, String machine) {
        return new HostileReport(trials).write(seed, llamaCpp, machine);
    }

    private String write(long seed, String llamaCpp, String machine) {
        out.append("""
                # Hostile bytes

                Written by `ci/soak hostile`: model files, saved states, grammars, LoRA adapters and control vectors, each made from a sound one (or made up)
                by mutations that a seed and a number decide. Children run them in batches, each with a limit of 12 GiB of address space; a case may take 60 s
                and 1 GiB of memory. What loads is used: models are tokenised, decoded, sampled, saved and restored on two compute threads; states are continued, shifted
                and saved; grammars are sampled, at once or after a trigger; adapters compute, and are taken off again. After each state and adapter a sound one must
                give the same tokens as before. What comes of a case is an exception of a documented kind, or a result.

                """);
        out.append("Seed %d, llama.cpp %s, %s.\n".formatted(seed, llamaCpp, machine));
        for (Kind kind : Kind.values()) {
            List<Trial> some = trials.stream().filter(trial -> trial.attack() == kind).toList();
            if (!some.isEmpty()) {
                part(kind, some);
            }
        }
        out.append(NOT_GUARDED);
        return out.toString();
    }

    private void part(Kind kind, List<Trial> some) {
        long used = some.stream().filter(trial -> !trial.refused() && !trial.crashed()).count();
        out.append("\n## ").append(kind.title()).append("\n\n");
        out.append("%,d cases (the whole run has %,d): %,d refused, %,d used, %,d ended their process or took too long or too much memory.%n%n".formatted(some.size(), kind.cases(),
                some.stream().filter(Trial::refused).count(), used, some.stream().filter(Trial::crashed).count()));
        out.append("| Mutation (the first of a case) | Cases | Refused | Used, with an exception later | Used |\n|---|---|---|---|---|\n");
        group(some, trial -> trial.kind().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')).forEach((name, group) ->
                out.append("| %s | %d | %d | %d | %d |%n".formatted(name, group.size(), group.stream().filter(Trial::refused).count(),
                        group.stream().filter(trial -> !trial.refused() && !trial.exception().isEmpty()).count(),
                        group.stream().filter(trial -> !trial.refused() && !trial.crashed() && trial.exception().isEmpty()).count())));
        out.append("\n| Exception | When refused | Later |\n|---|---|---|\n");
        group(some.stream().filter(trial -> !trial.exception().isEmpty()).toList(), Trial::exception).forEach((name, group) ->
                out.append("| `%s` | %d | %d |%n".formatted(name, group.stream().filter(Trial::refused).count(),
                        group.stream().filter(trial -> !trial.refused()).count())));
        aborts(some);
        costs(some);
    }

    private void aborts(List<Trial> some) {
        List<Trial> aborted = some.stream().filter(trial -> !trial.abort().isEmpty()).toList();
        if (aborted.isEmpty()) {
            out.append("\nNo abort had to be caught.\n");
            return;
        }
        out.append("\n%d cases ended in an abort of native code that was caught; each may leak what the call had allocated:%n%n".formatted(aborted.size()));
        out.append("| Abort | Cases |\n|---|---|\n");
        group(aborted, trial -> trial.abort().replaceFirst("^.*/source/", "").replace("|", "\\|")).entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .forEach(entry -> out.append("| `%s` | %d |%n".formatted(entry.getKey(), entry.getValue().size())));
    }

    private void costs(List<Trial> some) {
        out.append("\n| The slowest | Milliseconds | | The largest | MiB |\n|---|---|---|---|---|\n");
        List<Trial> slow = most(some, Trial::milliseconds);
        List<Trial> large = most(some, Trial::grown);
        for (int i = 0; i < slow.size(); i++) {
            Trial slower = slow.get(i);
            Trial larger = large.get(i);
            out.append("| %d: %s, %s | %d | | %d: %s, %s | %d |%n".formatted(slower.number(), slower.base(), slower.kind(), slower.milliseconds(),
                    larger.number(), larger.base(), larger.kind(), larger.grown() >> 20));
        }
    }

    private static List<Trial> most(List<Trial> some, Function<Trial, Long> what) {
        return some.stream().sorted(Comparator.comparing(what).reversed()).limit(SLOWEST).toList();
    }

    private static Map<String, List<Trial>> group(List<Trial> some, Function<Trial, String> by) {
        return some.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
    }
}
