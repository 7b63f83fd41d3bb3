package io.github.llamaffm.benchmarks.sides;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** llama-completion: what it says about a generation, and how long it takes from the start of its process. */
record CompletionTool(Path program) {

    private static final Pattern PROMPT = Pattern.compile("prompt eval time = *([0-9.]+) ms");
    private static final Pattern RUNS = Pattern.compile("  eval time = .*/ *([0-9]+) runs");
    private static final Pattern TOTAL = Pattern.compile("total time = *([0-9.]+) ms");

    /** The time of a token, with everything that is done for it: all but the prompt. The first token came with that. */
    Sample generation(Path model, int threads, int tokens, Path prompt, boolean greedy) {
        Child child = Child.run(command(model, threads, tokens, prompt, greedy), run -> TOTAL.matcher(run.stderr()).find());
        double runs = number(RUNS, child);
        if (runs != tokens - 1) {
            throw new IllegalStateException("%.0f runs, not %d: %s".formatted(runs, tokens - 1, child.stderr()));
        }
        double cpu = child.moments().getLast().cpu().orElse(0) - child.moments().getFirst().cpu().orElse(0);
        return new Sample((number(TOTAL, child) - number(PROMPT, child)) * 1e6 / runs,
                cpu > 0 ? OptionalDouble.of(cpu / runs) : OptionalDouble.empty());
    }

    /** From the start of the process to the first letter of the first token. */
    Sample start(Path model, int threads, Path prompt) {
        return start(command(model, threads, 1, prompt, true));
    }

    /** Of any command that prints what it generates. */
    static Sample start(List<String> command) {
        Child child = Child.run(command, run -> !run.stdout().isBlank());
        String text = child.stdout();
        int letter = text.length() - text.stripLeading().length();
        return Sample.of(child.at(letter).nanos());
    }

    private List<String> command(Path model, int threads, int tokens, Path prompt, boolean greedy) {
        return List.of(program.toString(), "-m", model.toString(), "-t", Integer.toString(threads), "-n", Integer.toString(tokens),
                "-f", prompt.toString(), "-c", "2048", "--temp", greedy ? "0" : "0.8", "--seed", "1", "--ignore-eos", "-no-cnv",
                "--no-display-prompt");
    }

    private static double number(Pattern pattern, Child child) {
        Matcher matcher = pattern.matcher(child.stderr());
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in: " + child.stderr());
        }
        return Double.parseDouble(matcher.group(1));
    }
}
