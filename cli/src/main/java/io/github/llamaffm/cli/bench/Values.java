package io.github.llamaffm.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The values of one option, which may be given several times, each time with a list. */
record Values<T>(List<T> all, boolean isDefault) {

    /** Reads options of one command. */
    record Reader(CommandSpec spec) {

        Values<Integer> numbers(String option, List<String> given, List<Integer> otherwise, IntPredicate valid, String rule) {
            return read(option, given, otherwise, IntLists::parse, valid::test, rule);
        }

        Values<Integer> signedNumbers(String option, List<String> given, int otherwise) {
            return read(option, given, List.of(otherwise), IntLists::parseSigned, _ -> true, "");
        }

        /** @param parse throws IllegalArgumentException for a word that it does not know */
        <T> Values<T> words(String option, List<String> given, T otherwise, Function<String, T> parse) {
            return read(option, given, List.of(otherwise), text -> Stream.of(text.split(",", -1)).map(parse).toList(), _ -> true, "");
        }

        /** One, of an option that takes no list. */
        <T> T word(String option, String given, Function<String, T> parse) {
            return read(option, List.of(given), List.of(), text -> List.of(parse.apply(text)), _ -> true, "").all().getFirst();
        }

        private <T> Values<T> read(String option, List<String> given, List<T> otherwise, Function<String, List<T>> parse,
                                   Predicate<T> valid, String rule) {
            List<T> all = new ArrayList<>();
            for (String text : given) {
                try {
                    all.addAll(parse.apply(text));
                } catch (IllegalArgumentException e) {
                    throw wrong(option, text + " " + e.getMessage());
                }
            }
            all.stream().filter(valid.negate()).findFirst().ifPresent(value -> {
                throw wrong(option, value + " is not " + rule);
            });
            // An empty list is as none, also to llama-bench.
            return all.isEmpty() ? new Values<>(otherwise, true) : new Values<>(List.copyOf(all), all.equals(otherwise));
        }

        private ParameterException wrong(String option, String what) {
            return new ParameterException(spec.commandLine(), "Invalid value for option '" + option + "': " + what);
        }
    }
}
