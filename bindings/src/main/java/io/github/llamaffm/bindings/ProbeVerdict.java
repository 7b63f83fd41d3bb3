package io.github.llamaffm.bindings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What became of the last of the steps that the probe was told. */
sealed interface ProbeVerdict {

    /** @param number the score of a module, or how many devices it has */
    record Done(int number) implements ProbeVerdict {

        @Override
        public String toString() {
            return "done " + number;
        }
    }

    /** It was answered in order that it cannot be done: so will the loader be, which has the better words. */
    record Refused(String reason) implements ProbeVerdict {

        @Override
        public String toString() {
            return "refused " + reason;
        }
    }

    /** It must not be done in this process. */
    record Bad(String reason) implements ProbeVerdict {

        @Override
        public String toString() {
            return "bad " + reason;
        }
    }

    /** The inverse of {@link #toString()}; empty for anything else. */
    static Optional<ProbeVerdict> parse(String text) {
        int space = text.indexOf(' ');
        String value = text.substring(space + 1);
        return switch (text.substring(0, Math.max(0, space))) {
            case "done" -> value.matches("\\d{1,9}") ? Optional.of(new Done(Integer.parseInt(value))) : Optional.empty();
            case "refused" -> Optional.of(new Refused(value));
            case "bad" -> Optional.of(new Bad(value));
            default -> Optional.empty();
        };
    }

    /**
     * From how the process ended.
     *
     * @param steps what it was told; the first is to open the core library
     * @param limit what it may take
     * @throws Unusable if that says nothing about the last steps
     */
    static ProbeVerdict of(List<String> steps, ProbeProcess.Ended ended, Duration limit, Platform platform) throws Unusable {
        ProbeLine last = ProbeLine.last(ended.output());
        if (ended.status().isEmpty()) {
            if (last.step() == 0) {
                throw new Unusable("it did not begin within " + limit.toSeconds() + " s");
            }
            return new Bad("the probe did not end within " + limit.toSeconds() + " s " + last.doing(steps));
        }
        if (last.isEnd() && last.step() == steps.size()) {
            return new Done(last.number());
        }
        // This process has opened the core library: what fails with it lies at the probe.
        boolean inCore = last.step() == 0 || last.step() == 1 && !last.isEnd();
        return switch (last.word()) {
            case "failed" -> refused(last, inCore);
            case "wrong" -> new Bad("the probe got wrong numbers from " + last.file(steps) + ", computing " + last.text());
            default -> died(steps, last, inCore, ProbeExit.of(ended.status().getAsInt(), platform), ended.output());
        };
    }

    private static ProbeVerdict refused(ProbeLine last, boolean inCore) throws Unusable {
        if (inCore) {
            throw new Unusable("it cannot open the core library: " + last.text());
        }
        return new Refused(last.text());
    }

    private static ProbeVerdict died(List<String> steps, ProbeLine last, boolean inCore, ProbeExit exit, String output) throws Unusable {
        if (inCore || exit.isFromOutside()) {
            throw new Unusable("it ended with " + exit.text() + (inCore ? " opening the core library" : ""));
        }
        return new Bad("the probe ended with " + exit.text() + ' ' + last.doing(steps) + ProbeLine.lastWords(output));
    }
}
