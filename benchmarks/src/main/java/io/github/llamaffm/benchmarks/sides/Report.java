package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that was measured, and where.
 *
 * @param facts of machine, commit, models and compilers
 */
record Report(String profile, Map<String, String> facts, List<Line> lines, Bindings bindings, TokenTime tokenTime) {

    /** Writes {@code benchmarks.md}, and plots into the folder {@code benchmarks}. */
    void writeTo(Path docs) {
        try {
            Path plots = Files.createDirectories(docs.resolve("benchmarks"));
            for (Unit unit : List.of(Unit.TOKENS_PER_SECOND, Unit.MILLISECONDS)) {
                plot(plots, unit);
            }
            Files.writeString(docs.resolve("benchmarks.md"), markdown());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void plot(Path folder, Unit unit) throws IOException {
        Plot plot = new Plot("Speed of llama-ffm over llama.cpp, with the 95 % interval; grey: llama.cpp over itself");
        for (Line line : lines) {
            if (line.of().unit() == unit) {
                plot.add(line.of().name(), Estimate.of(line.rounds().speeds()), Estimate.of(line.rounds().noise()).interval());
            }
        }
        Files.writeString(folder.resolve(file(unit)), plot.svg());
    }

    String markdown() {
        StringBuilder page = new StringBuilder("""
                # Benchmarks

                Written by `ci/bench %s`, which anyone can repeat. Ours and upstream's tools of the same commit ran in turn: peer, ours,
                peer, ours, and so on. A ratio is the speed of ours over that of the run of the peer right before it; 1.00 is as fast.
                Shown are the median of all pairs and its 95 %% confidence interval, from order statistics (exact, by the binomial
                distribution; fewer than 6 pairs have none). Noise is the same interval of each two runs of the peer that follow each other: where it is wider
                than 2 %%, or there are fewer than 15 pairs, a line is not judged, and user CPU time per token is compared instead.

                | | |
                |---|---|
                """.formatted(profile));
        facts.forEach((name, value) -> page.append("| %s | %s |%n".formatted(name, value)));
        page.append("\n## Beside llama.cpp's own tools\n\n![tokens per second](benchmarks/%s)\n\n![times](benchmarks/%s)\n\n".formatted(
                file(Unit.TOKENS_PER_SECOND), file(Unit.MILLISECONDS)));
        List<String> others = lines.getFirst().of().others().stream().map(Contender::name).toList();
        page.append("| | llama-ffm | llama.cpp | ratio | noise | CPU |");
        others.forEach(name -> page.append(" ratio to ").append(name).append(" |"));
        page.append(" goal | |\n|---|---|---|---|---|---|").append("---|".repeat(others.size())).append("---|---|\n");
        lines.forEach(line -> page.append(row(line)));
        page.append("""

                Load, time to the first token, embeddings, states, tokenising and memory are compared with a C program that does the same
                steps on upstream's libraries; parallel sequences with llama-batched-bench, greedy and sampled generation with
                llama-completion, the rest with llama-bench. CPU is user CPU time of ours over that of the peer.

                Ours is measured in a process that has done the same a few times: until then the JVM compiles what runs, on cores that compute
                as well. What that costs is the line "the first of its process", and process start to first token. Models that are loaded stay open on both
                sides. A state of ours comes with a checksum and with what it fits, in a Java array.

                ## Where the time of a token goes

                Of %d generated tokens, sampled, by the [events](events.md) of the JVM's flight recorder, which are part of the last line.

                | | µs per token | |
                |---|---:|---:|
                | decode: llama.cpp computes | %s |
                | sampling, in native code | %s |
                | everything else: text, limits, stop strings, loop | %s |

                ## Beside other bindings

                The same model, %s tokens after a prompt of 50 words; ratios are those of ours over theirs, above 1.00 ours is ahead.

                """.formatted(Integer.parseInt(facts.get("Generated")) - 1, part(tokenTime.decode()), part(tokenTime.sample()), part(tokenTime.rest()),
                facts.get("Generated")));
        bindings(page);
        return page.toString();
    }

    private static String row(Line line) {
        Rounds rounds = line.rounds();
        Unit unit = line.of().unit();
        StringBuilder row = new StringBuilder("| %s | %s | %s | %s | %s | %s |".formatted(line.of().name(),
                unit.show(Statistics.median(rounds.ours(), Sample::value)), unit.show(Statistics.median(rounds.peer(), Sample::value)),
                show(Estimate.of(rounds.speeds())),
                Estimate.of(rounds.noise()).interval().map(i -> percent(i.width())).orElse("-"),
                rounds.cpu().length == 0 ? "-" : ratio(Statistics.median(rounds.cpu()))));
        for (Contender other : line.of().others()) {
            row.append(" ").append(show(Estimate.of(rounds.speeds(other.name())))).append(" |");
        }
        return row.append(" %s | %s |%n".formatted(line.of().goal().text(), line.verdict().show())).toString();
    }

    private void bindings(StringBuilder page) {
        page.append("| |");
        bindings.samples().keySet().forEach(name -> page.append(" ").append(name).append(" |"));
        page.append("\n|---|").append("---|".repeat(bindings.samples().size())).append("\n");
        Map<String, String> names = Map.of("load", "load", "first", "time to first token", "greedy", "greedy generation", "sampled",
                "sampled generation", "peak", "resident memory");
        Bindings.UNITS.forEach((what, unit) -> {
            page.append("| ").append(names.get(what)).append(" |");
            bindings.samples().forEach((name, samples) -> {
                String value = Optional.ofNullable(samples.get(what)).map(s -> unit.show(Statistics.median(s, Sample::value))).orElse("-");
                String ratio = name.equals(Bindings.OURS) ? "" : bindings.ratio(name, what).map(r -> ", ratio " + show(r)).orElse("");
                page.append(" ").append(value).append(ratio).append(" |");
            });
            page.append("\n");
        });
        page.append("""

                Load is the first one of each process, with its context, native libraries already open: a JVM loads and links the classes of a load in
                it, and those of its context, which is what llama-cpp-python does without; "model load" above is a later one. Memory includes the
                JVM itself, some 80 MiB, and what it compiled.
                """);
        if (bindings.samples().containsKey(Bindings.JLAMA)) {
            page.append("""

                    Jlama's model is the same one with 4-bit weights of Jlama's own (32 to a block, as Q4_0, token embeddings too), made by its own
                    quantizer. It runs without its native library, which leaves rows 512 to 575 of this model's 576 out, so that the text is
                    nonsense. It puts a token for the beginning before the prompt, which the others do not.
                    """);
        }
        bindings.absent().forEach((name, reason) -> page.append("\n").append(name).append(": ").append(reason).append(".\n"));
    }

    private String part(double nanos) {
        return String.format(Locale.ROOT, "%,.1f | %.2f %%", nanos / 1e3, 100 * nanos / (tokenTime.decode() + tokenTime.sample() + tokenTime.rest()));
    }

    static String show(Estimate estimate) {
        return ratio(estimate.median()) + estimate.interval().map(i -> " (%s to %s)".formatted(ratio(i.low()), ratio(i.high()))).orElse("")
                + ", n=" + estimate.values();
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * value);
    }

    private static String file(Unit unit) {
        return unit.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".svg";
    }
}
