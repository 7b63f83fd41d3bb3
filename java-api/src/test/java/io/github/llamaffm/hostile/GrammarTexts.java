package io.github.llamaffm.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Grammars as upstream has them with characters, rules and repetitions changed, and ones made up from the parts that there are. */
final class GrammarTexts {

    /** @param gbnf may be anything */
    record Text(String kind, String base, String gbnf) {}

    private static final int[] SIGNS = "\"[](){}|*+?.^-\\<>!:=#, \n\t\0xuU09az\u00e9\ud83d\ude00\ufffd\uffff".codePoints().toArray();

    private final List<Path> files;
    private final List<String> grammars = new ArrayList<>();

    GrammarTexts(Path sources) {
        try (Stream<Path> list = Files.list(sources.resolve("grammars"))) {
            files = list.filter(file -> file.toString().endsWith(".gbnf")).sorted().toList();
            for (Path file : files) {
                grammars.add(Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Text next(int number, Random random) {
        int base = number % grammars.size();
        String sound = grammars.get(base);
        String name = files.get(base).getFileName().toString();
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Text("characters", name, characters(sound, random));
            case 2 -> new Text("rules", name, rules(sound, random));
            case 3 -> new Text("repetitions", name, repetitions(sound, random));
            case 4 -> new Text("pieces", name, pieces(sound, grammars.get(random.nextInt(grammars.size())), random));
            case 5 -> new Text("deep or wide", "made up", large(random));
            default -> new Text("random rules", "made up", madeUp(random));
        };
    }

    private static String characters(String grammar, Random random) {
        List<Integer> text = new ArrayList<>(grammar.codePoints().boxed().toList());
        for (int edits = 1 + random.nextInt(6); edits > 0 && !text.isEmpty(); edits--) {
            int at = random.nextInt(text.size());
            int sign = SIGNS[random.nextInt(SIGNS.length)];
            switch (random.nextInt(4)) {
                case 0 -> text.remove(at);
                case 1 -> text.add(at, sign);
                case 2 -> text.set(at, sign);
                default -> text.addAll(random.nextInt(text.size()), List.copyOf(text.subList(at, Math.min(text.size(), at + 1 + random.nextInt(40)))));
            }
        }
        return text.stream().map(Character::toString).collect(Collectors.joining());
    }

    /** Lines left out, doubled, in another order; names of one rule in place of another's. */
    private static String rules(String grammar, Random random) {
        List<String> lines = new ArrayList<>(grammar.lines().toList());
        for (int i = random.nextInt(4); i >= 0 && !lines.isEmpty(); i--) {
            int at = random.nextInt(lines.size());
            switch (random.nextInt(3)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(random.nextInt(lines.size()), lines.get(at));
                default -> {
                    String from = lines.get(at).split("[ :]")[0];
                    String to = lines.get(random.nextInt(lines.size())).split("[ :]")[0];
                    if (!from.isBlank() && !to.isBlank()) {
                        int line = random.nextInt(lines.size());
                        lines.set(line, lines.get(line).replace(from, to));
                    }
                }
            }
        }
        return String.join("\n", lines);
    }

    private static String repetitions(String grammar, Random random) {
        String[] signs = {"*", "+", "?", "{2}", "{0,3}", "{1,}", "{0}", "{3,2}", "{2000}", "{999999999}", "{99999999999999999999}", "{,4}", "{0,200}", "**", "{1000}{1000}", "?*+"};
        StringBuilder text = new StringBuilder(grammar);
        for (int i = random.nextInt(5); i >= 0; i--) {
            int at = random.nextInt(text.length());
            while (at < text.length() && "\"])*+? \n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            text.insert(Math.min(text.length(), at + 1), signs[random.nextInt(signs.length)]);
        }
        return text.toString();
    }

    private static String pieces(String one, String other, Random random) {
        int from = random.nextInt(other.length());
        int to = Math.min(other.length(), from + random.nextInt(300));
        int at = random.nextInt(one.length());
        return one.substring(0, at) + other.substring(from, to) + one.substring(Math.min(one.length(), at + random.nextInt(20)));
    }

    private static String large(Random random) {
        int size = 1 << random.nextInt(12);
        return switch (random.nextInt(8)) {
            case 0 -> "root ::= " + "(".repeat(size) + "\"a\"" + ")".repeat(random.nextInt(4) == 0 ? size - 1 : size);
            case 1 -> "root ::= r0\n" + IntStream.range(0, size).mapToObj(i -> "r%d ::= r%d \"b\" | r%d\n".formatted(i, i + 1, i + 1)).collect(Collectors.joining())
                    + "r%d ::= \"a\"\n".formatted(size);
            case 2 -> "root ::= " + IntStream.range(0, size).mapToObj(i -> "\"" + Integer.toString(i, 36) + "\"").collect(Collectors.joining(" | "));
            case 3 -> "root ::= " + "(\"a\"? ".repeat(Math.min(size, 500)) + ")".repeat(Math.min(size, 500)) + "\"b\"";
            case 4 -> "root ::= [" + IntStream.range(0, size).mapToObj(i -> "\\U%08X-\\U%08X".formatted(i * 3, i * 7)).collect(Collectors.joining()) + "]+";
            case 5 -> "root ::= x x x x\nx ::= y* y* y*\ny ::= z+ | \"\" z\nz ::= [a-z]{1," + size + "} | \" \" x";
            case 6 -> "root ::= " + "\"a\"? ".repeat(Math.min(size, 300)) + "\"b\"";
            default -> "root ::= ((((\"a\"{0,%d}){0,%d}){0,%d}) \"b\")".formatted(random.nextInt(60), random.nextInt(60), random.nextInt(60));
        };
    }

    /** Mostly of rules that refer to later ones: others come back to themselves, and are refused. */
    private static String madeUp(Random random) {
        int rules = 1 + random.nextInt(8);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rules; i++) {
            text.append(name(i)).append(" ::= ").append(alternatives(random, i, rules, 3)).append('\n');
        }
        return text.toString();
    }

    private static String alternatives(Random random, int rule, int rules, int depth) {
        return IntStream.rangeClosed(0, random.nextInt(3)).mapToObj(_ -> IntStream.rangeClosed(0, random.nextInt(4))
                .mapToObj(_ -> element(random, rule, rules, depth)).collect(Collectors.joining(" "))).collect(Collectors.joining(" | "));
    }

    private static String element(Random random, int rule, int rules, int depth) {
        String[] signs = {"", "", "", "", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}"};
        String[] atoms = {"\"a\"", "\"the\"", "[a-z]", "[^a-z\\n]", ".", "\" \"", "\"e\" \"x\"", "\"\\n\"", "[\\x00-\\xFF]", "<[5]>", "!<[6]>", "<[511]>", "<[512]>",
            "<[4294967295]>", "[\u4e16-\u754c]", "\"\ud83d\ude00\"", "[]", "[^]", "<|im_end|>", "<s>", "\"\""};
        String element = switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0, 1 -> atoms[random.nextInt(random.nextInt(6) == 0 ? atoms.length : 8)];
            case 2, 3 -> random.nextInt(12) == 0 ? name(random.nextInt(rules))
                    : rule + 1 < rules ? name(rule + 1 + random.nextInt(rules - rule - 1)) : atoms[random.nextInt(4)];
            default -> "(" + alternatives(random, rule, rules, depth - 1) + ")";
        };
        return element + signs[random.nextInt(signs.length)];
    }

    private static String name(int rule) {
        return rule == 0 ? "root" : "r" + rule;
    }
}
