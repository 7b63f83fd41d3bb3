package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarException;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our grammar check accepts llama.cpp accepts, and what it refuses llama.cpp refuses: upstream's own grammars, and damaged ones. */
class GrammarConformanceIT {

    private static final int DAMAGED = 400;

    /** Refused by us alone: llama.cpp does not return from them. */
    private static final Pattern OURS = Pattern.compile("too many ways|something behind|be left out|runs backwards|is no character|left recursion|at least \\d+ but at most|elements; lower");

    /** Names of tokens need a vocabulary, which upstream's validator has not. */
    private static final Pattern TOKEN_NAME = Pattern.compile("<[^\\[>][^>]*>");

    @TempDir
    Path folder;

    @Test
    void judgesUpstreamsGrammarsAsUpstreamDoes() throws Exception {
        List<String> grammars = grammars();
        assertThat(grammars.size()).isGreaterThan(100);

        for (String grammar : grammars) {
            assertSameJudgement(grammar, "");
        }
    }

    @Test
    void judgesDamagedGrammarsAsUpstreamDoes() throws Exception {
        List<String> grammars = grammars();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int refused = 0;

        for (int i = 0; i < DAMAGED; i++) {
            String damaged = damage(grammars.get(random.nextInt(grammars.size())), random);
            refused += assertSameJudgement(damaged, "seed " + seed + ", grammar " + i) ? 0 : 1;
        }

        assertThat(refused).as("refused of %d with seed %d", DAMAGED, seed).isBetween(DAMAGED / 10, DAMAGED * 19 / 20);
    }

    /** @return whether both accept it */
    private boolean assertSameJudgement(String grammar, String which) throws Exception {
        if (TOKEN_NAME.matcher(grammar).find()) {
            return true;
        }
        Optional<String> problem = problem(grammar);
        if (problem.isPresent() && OURS.matcher(problem.get()).find()) {
            return false;
        }
        assertThat(problem.isEmpty())
                .as("%s %s: %s%n%s", which, problem.map(reason -> "we refuse").orElse("we accept"), problem.orElse(""), grammar)
                .isEqualTo(acceptedUpstream(grammar));
        return problem.isEmpty();
    }

    private static Optional<String> problem(String grammar) {
        try {
            Grammar.of(grammar);
            return Optional.empty();
        } catch (GrammarException e) {
            return Optional.of(e.getMessage());
        }
    }

    private boolean acceptedUpstream(String grammar) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("grammar"), grammar);
        Path input = Files.writeString(folder.resolve("input"), "");
        Process process = new ProcessBuilder(
                TestFiles.peers().resolve("test-gbnf-validator").toString(), file.toString(), input.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("upstream's validator ends on%n%s", grammar).isTrue();
        assertThat(process.exitValue()).as("exit code for%n%s", grammar).isBetween(0, 1);
        return !output.contains("Failed to initialize");
    }

    /** The files that upstream ships, and all grammars in its tests. */
    private static List<String> grammars() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(TestFiles.sources().resolve("grammars"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".gbnf")).sorted().toList()) {
                found.add(Files.readString(file));
            }
        }
        Pattern raw = Pattern.compile("R\"\"\"\\((.*?)\\)\"\"\"", Pattern.DOTALL);
        for (String name : List.of("test-grammar-parser", "test-grammar-integration", "test-json-schema-to-grammar")) {
            Matcher matcher = raw.matcher(Files.readString(TestFiles.sources().resolve("tests/" + name + ".cpp")));
            while (matcher.find()) {
                if (matcher.group(1).contains("::=")) {
                    found.add(matcher.group(1));
                }
            }
        }
        return found;
    }

    private static String damage(String grammar, Random random) {
        List<Integer> text = new ArrayList<>(grammar.codePoints().boxed().toList());
        int[] signs = "\"[](){}|*+?.^-\\<>!:=#, \n\txu09az😀".codePoints().toArray();
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int at = random.nextInt(text.size());
            int sign = signs[random.nextInt(signs.length)];
            switch (random.nextInt(4)) {
                case 0 -> text.remove(at);
                case 1 -> text.add(at, sign);
                case 2 -> text.set(at, sign);
                default -> text.addAll(random.nextInt(text.size()),
                        List.copyOf(text.subList(at, Math.min(text.size(), at + 1 + random.nextInt(20)))));
            }
        }
        return text.stream().map(Character::toString).collect(Collectors.joining());
    }
}
