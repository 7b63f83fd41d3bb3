package io.github.llamaffm.benchmarks.sides;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** llama-completion: what it says about a generation, and how long it takes from the start of its process. */
record CompletionTool(Path program) {

    private static final int TRIES = 10;
    private static final Pattern PROMPT = Pattern.compile("prompt eval time = *([0-9.]+) ms");
    private static final Pattern RUNS = Pattern.compile("  eval time = .*/ *([0-9]+) runs");
    private static final Pattern TOTAL = Pattern.compile("total time = *([0-9.]+) ms");

    /** The time of a token, with everything that is done for it: all but the prompt. The first token came with that. */
    Sample generation(Path model, int threads, int tokens, Path prompt, boolean greedy) {
        Child child = runToItsFigures(command(model, threads, tokens, prompt, greedy));
        double runs = number(RUNS, child);
        if (runs != tokens - 1) {
            throw new IllegalStateException("%.0f runs, not %d: %s".formatted(runs, tokens - 1, child.stderr()));
        }
        double cpu = child.moments().getLast().cpu().orElse(0) - child.moments().getFirst().cpu().orElse(0);
        return new Sample((number(TOTAL, child) - number(PROMPT, child)) * 1e6 / runs,
                cpu > 0 ? OptionalDouble.of(cpu / runs) : OptionalDouble.empty());
    }

    /** Its log is written by a thread that its end does not wait for: now and then the last lines are missing. */
    private static Child runToItsFigures(List<String> command) {
        for (int i = 1; ; i++) {
            Child child = Child.run(command);
            if (TOTAL.matcher(child.stderr()).find() || i == TRIES) {
                return child;
            }
        }
    }

    /** From the start of the process to the first letter of the first token. */
    Sample start(Path model, int threads, Path prompt) {
        return start(command(model, threads, 1, prompt, true));
    }

    /** Of any command that prints what it generates. */
    static Sample start(List<String> command) {
        Child child = Child.run(command);
        String text = child.stdout();
        int letter = text.length() - text.stripLeading().length();
        if (letter == text.length()) {
            throw new IllegalStateException("no letter was printed by " + String.join(" ", command));
        }
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
