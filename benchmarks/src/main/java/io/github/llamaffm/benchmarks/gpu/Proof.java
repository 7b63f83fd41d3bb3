package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.benchmarks.gpu.Finding.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs every check in a process of its own and writes the report. What a check found is kept: a second run goes on behind it. */
public final class Proof {

    /** Longer than any check takes on a card. */
    private static final int LIMIT_SECONDS = Integer.getInteger("gpu.limit", 170);

    private Proof() {}

    /** {@code FOLDER FACTS [CHECK…]}: where the report goes, and lines {@code NAME=VALUE} of the machine. Exit code 1: something was missed. */
    public static void main(String[] arguments) throws IOException {
        List<Check> checks = arguments.length == 2 ? List.of(Check.values())
                : Stream.of(arguments).skip(2).map(name -> Check.valueOf(name.toUpperCase(Locale.ROOT))).toList();
        Report report = run(Setup.current(), checks, Report.facts(Path.of(arguments[1])), Path.of(arguments[0]));
        long missed = count(report.findings().values().stream().flatMap(List::stream).toList(), Verdict.MISSED);
        System.out.println(missed == 0 ? "everything that is judged holds" : missed + " missed");
        if (missed > 0) {
            System.exit(1);
        }
    }

    /** The report is written after each check: nobody knows whether the next one comes to its end. */
    static Report run(Setup setup, List<Check> checks, Map<String, String> facts, Path folder) throws IOException {
        Path results = Files.createDirectories(setup.work().resolve("results"));
        for (Check check : checks) {
            Path found = results.resolve(check.name());
            if (Files.exists(found)) {
                tell(check, findings(found), 0);
                continue;
            }
            long start = System.nanoTime();
            Path file = results.resolve(check.name() + ".part");
            compute(setup, check, file, results.resolve(check.name() + ".log"), new Findings(file));
            Files.move(file, found);
            tell(check, findings(found), (System.nanoTime() - start) / 1e9);
            report(facts, results).writeTo(folder);
        }
        Report report = report(facts, results);
        report.writeTo(folder);
        return report;
    }

    private static Report report(Map<String, String> facts, Path results) {
        Map<Check, List<Finding>> all = new EnumMap<>(Check.class);
        for (Check check : Check.values()) {
            List<Finding> found = findings(results.resolve(check.name()));
            if (!found.isEmpty()) {
                all.put(check, found);
            }
        }
        return new Report(facts, all);
    }

    private static void compute(Setup setup, Check check, Path file, Path log, Findings findings) throws IOException {
        List<String> line = new ArrayList<>(setup.java(Check.class.getName(), check.withDevice(), check.name(), file.toString()));
        line.addAll(1, check.switches());
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                findings.add(Verdict.MISSED, "it ends", "not within %d s", LIMIT_SECONDS);
            } else if (process.exitValue() != 0 || findings.read().isEmpty()) {
                findings.add(Verdict.MISSED, "it ends as it should", "exit code %d after %d findings: %s", process.exitValue(),
                        findings.read().size(), end(log));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String end(Path log) throws IOException {
        return Crash.of(new String(Files.readAllBytes(log), StandardCharsets.UTF_8));
    }

    private static List<Finding> findings(Path file) {
        return new Findings(file).read();
    }

    private static void tell(Check check, List<Finding> findings, double seconds) {
        System.out.printf("%s: %d hold, %d missed, %.1f s%n", check.name().toLowerCase(Locale.ROOT), count(findings, Verdict.HOLDS),
                count(findings, Verdict.MISSED), seconds);
        findings.stream().filter(finding -> finding.verdict() == Verdict.MISSED)
                .forEach(finding -> System.out.println("  missed: " + finding.what() + ": " + finding.figures()));
    }

    private static long count(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }

}
