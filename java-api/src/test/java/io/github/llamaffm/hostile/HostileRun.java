package io.github.llamaffm.hostile;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs cases in children, and goes on with the next one where a case ends its child. */
final class HostileRun {

    /** Cases of one child: what an abort that was caught leaves behind goes with it. */
    private static final int BATCH = 200;

    /** A child may reserve that much: more than any case needs, less than what a machine would miss. */
    private static final long ADDRESS_SPACE = 12L << 30;

    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final Pattern FRAME = Pattern.compile("(?m)^[CVJj] +\\[?.*$");
    private static final Pattern MESSAGE = Pattern.compile("message: +(.*)");

    private final Kind kind;
    private final Path folder;
    private final long seed;

    HostileRun(Kind kind, Path folder, long seed) {
        this.kind = kind;
        this.folder = folder;
        this.seed = seed;
    }

    List<Trial> run(int first, int last) {
        List<Trial> trials = new ArrayList<>();
        for (int next = first; next <= last;) {
            List<Trial> some = batch(next, Math.min(last, next + BATCH - 1));
            trials.addAll(some);
            next = some.getLast().number() + 1;
        }
        return trials;
    }

    /** Ends with the last one, or with one that ended the child. */
    private List<Trial> batch(int first, int last) {
        Path journal = folder.resolve("journal-%s-%d".formatted(kind, first));
        Path errors = folder.resolve("error-%s-%d.log".formatted(kind, first));
        ChildJvm.Result result = ChildJvm.of(HostileProgram.class)
                .through("prlimit", "--core=0", "--as=" + ADDRESS_SPACE)
                .options("-Xmx512m", "-XX:ReservedCodeCacheSize=64m", "-XX:CompressedClassSpaceSize=64m", "-XX:ErrorFile=" + errors)
                .property("hostile.seconds", System.getProperty("hostile.seconds"))
                .property("hostile.mebibytes", System.getProperty("hostile.mebibytes"))
                .arguments(kind, folder, journal, seed, first, last, TestFiles.sources())
                .limit(LIMIT)
                .run();
        List<Trial> trials = read(journal, result, errors);
        if (trials.isEmpty()) {
            throw new AssertionError("not one case of %s from %d on: %s".formatted(kind, first, result));
        }
        if (!trials.getLast().crashed() && (trials.getLast().number() != last || result.exitCode() != 0)) {
            throw new AssertionError("%s from %d on ended after case %d: %s".formatted(kind, first, trials.getLast().number(), result));
        }
        return trials;
    }

    private List<Trial> read(Path journal, ChildJvm.Result result, Path errors) {
        List<Trial> trials = new ArrayList<>();
        int number = -1;
        boolean open = false;
        String[] mutation = {"", "", "", ""};
        String stage = "";
        String gaveUp = "";
        for (String line : lines(journal)) {
            String[] fields = line.split("\t", -1);
            switch (fields[0]) {
                case "case" -> {
                    number = Integer.parseInt(fields[1]);
                    mutation = new String[] {"", "", "", ""};
                    stage = "preparing";
                    open = true;
                }
                case "mutation" -> mutation = fields;
                case "stage" -> stage = fields[1];
                case "gave up" -> gaveUp = fields[1];
                default -> {
                    trials.add(new Trial(kind, number, mutation[1], mutation[2], mutation[3], stage, fields[1].equals("refused"), fields[2], fields[3],
                            fields[4], Long.parseLong(fields[5]), Long.parseLong(fields[6]), ""));
                    open = false;
                }
            }
        }
        if (open) {
            trials.add(new Trial(kind, number, mutation[1], mutation[2], mutation[3], stage, false, "", "", "", 0, 0,
                    gaveUp.isEmpty() ? cause(result, errors) : gaveUp));
        }
        return trials;
    }

    /** What a dead child left behind, in a line. */
    private static String cause(ChildJvm.Result result, Path errors) {
        StringBuilder cause = new StringBuilder("exit code " + result.exitCode());
        Matcher message = MESSAGE.matcher(result.stderr());
        if (message.find()) {
            return cause.append(", abort: ").append(message.group(1)).toString();
        }
        if (Files.exists(errors)) {
            String log = String.join("\n", lines(errors));
            Matcher frame = FRAME.matcher(log.substring(Math.max(0, log.indexOf("Native frames"))));
            for (int i = 0; i < 6 && frame.find(); i++) {
                cause.append(i == 0 ? ", in " : " < ").append(frame.group().replaceAll("\\[lib|\\]| +", " ").strip());
            }
            return cause.toString();
        }
        return cause.append(", ").append(result.stderr().lines().filter(line -> !line.isBlank()).limit(12)
                .map(String::strip).reduce((a, b) -> a + " / " + b).orElse("nothing said")).toString();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
