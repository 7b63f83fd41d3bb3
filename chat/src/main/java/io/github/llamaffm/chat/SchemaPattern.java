package io.github.llamaffm.chat;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarException;
import java.util.Optional;

/**
 * Reads a regular expression and writes it as upstream's converter understands it: without shorthands, with groups and classes where
 * it would take a repetition for one of more than its last character, and with what JSON escapes (quotes, backslashes, line ends)
 * as JSON writes it. Escapes of JSON that no text needs are left out.
 */
final class SchemaPattern {

    private static final int MAX_LENGTH = 4_096;
    private static final int MAX_DEPTH = 90;

    private final String pattern;
    private final int end;
    private final SchemaPlace place;
    private final SchemaRepetitions repetitions;
    private int at = 1;
    private int depth;

    private SchemaPattern(String pattern, SchemaRepetitions repetitions, SchemaPlace place) {
        this.pattern = pattern;
        this.end = pattern.length() - 1;
        this.place = place;
        this.repetitions = repetitions;
    }

    /**
     * A part of an expression.
     *
     * @param regex as upstream reads it
     * @param gbnf what upstream makes of it
     * @param empty whether it matches an empty text
     */
    record Part(String regex, String gbnf, boolean empty) {

        Part then(Part next) {
            return new Part(regex + next.regex, gbnf + " " + next.gbnf, empty && next.empty);
        }

        Part or(Part other) {
            return new Part(regex + "|" + other.regex, gbnf + " | " + other.gbnf, empty || other.empty);
        }

        Part grouped() {
            return new Part("(?:" + regex + ")", "(" + gbnf + ")", empty);
        }
    }

    /** @throws SchemaException if it has no grammar */
    static String of(String pattern, SchemaRepetitions repetitions, SchemaPlace place) {
        if (pattern.length() > MAX_LENGTH) {
            throw place.error("%d characters, at most %d are read".formatted(pattern.length(), MAX_LENGTH));
        }
        if (pattern.length() < 2 || !pattern.startsWith("^") || !pattern.endsWith("$")) {
            throw place.error("an answer is matched as a whole: put the expression between ^ and $");
        }
        SchemaPattern reader = new SchemaPattern(pattern, repetitions, place);
        Part all = reader.alternatives();
        if (reader.at < reader.end) {
            throw reader.error("an unbalanced )");
        }
        try {
            Grammar.of("root ::= (" + all.gbnf() + ")");
        } catch (GrammarException e) {
            throw place.error("the grammar of it is refused: " + e.getMessage());
        }
        return "^" + all.regex() + "$";
    }

    private Part alternatives() {
        if (++depth > MAX_DEPTH) {
            throw error("more than %d groups inside each other".formatted(MAX_DEPTH));
        }
        Part all = sequence();
        while (at < end && pattern.charAt(at) == '|') {
            at++;
            all = all.or(sequence());
        }
        depth--;
        return all;
    }

    private Part sequence() {
        Optional<Part> all = Optional.empty();
        while (at < end && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
            Part next = repeated(atom());
            all = Optional.of(all.map(before -> before.then(next)).orElse(next));
        }
        return all.orElseThrow(() -> error("an alternative or a group that is empty"));
    }

    private Part atom() {
        char c = pattern.charAt(at);
        return switch (c) {
            case '(' -> group();
            case '[', '.', '\\' -> {
                SchemaCharacters characters = new SchemaCharacters(pattern, at, end, this::error);
                at = characters.end();
                yield characters.part().orElseThrow(() -> error("what it matches is in no text of JSON"));
            }
            case '*', '+', '?', '{' -> throw error("nothing to repeat before " + c);
            case ']', '}' -> throw error("an unbalanced %s: write \\%s".formatted(c, c));
            case '^', '$' -> throw error("an anchor inside of it");
            default -> {
                int code = pattern.codePointAt(at);
                at += Character.charCount(code);
                yield SchemaCharacters.single(code).orElseThrow(() -> error("a character that is in no text of JSON"));
            }
        };
    }

    private Part group() {
        at++;
        if (pattern.startsWith("?", at)) {
            if (!pattern.startsWith("?:", at)) {
                throw error("only (…) and (?:…) are groups here: nothing is looked ahead, behind or back at");
            }
            at += 2;
        }
        Part inner = alternatives();
        if (at >= end) {
            throw error("a group that is never closed");
        }
        at++;
        return inner.grouped();
    }

    private Part repeated(Part part) {
        if (at >= end || "*+?{".indexOf(pattern.charAt(at)) < 0) {
            return part;
        }
        int start = at;
        String count = count();
        if (at < end && "?+".indexOf(pattern.charAt(at)) >= 0) {
            if (pattern.charAt(at) == '+') {
                throw error("a repetition that gives nothing back");
            }
            at++;
        }
        if (at < end && "*+?{".indexOf(pattern.charAt(at)) >= 0) {
            throw error("a repetition of a repetition: put a group around the inner one");
        }
        if (count.equals("{0}")) {
            throw error("a repetition of nothing: leave it out");
        }
        if (part.empty() && !count.equals("?")) {
            at = start;
            throw error("a repetition of what may be empty");
        }
        boolean empty = part.empty() || count.equals("*") || count.equals("?") || count.startsWith("{0,");
        return new Part(part.regex() + count, part.gbnf() + count, empty);
    }

    private String count() {
        char c = pattern.charAt(at++);
        if (c != '{') {
            return String.valueOf(c);
        }
        int close = pattern.indexOf('}', at);
        String inner = close < 0 || close >= end ? "" : pattern.substring(at, close);
        if (!inner.matches("[0-9]{1,9}(,[0-9]{0,9})?")) {
            throw error("{ begins a number of repetitions: {2}, {2,} or {2,5}; write \\{ for a brace");
        }
        at = close + 1;
        String[] numbers = inner.split(",", -1);
        int least = Integer.parseInt(numbers[0]);
        int most = numbers.length == 1 ? least : numbers[1].isEmpty() ? -1 : Integer.parseInt(numbers[1]);
        if (most >= 0 && most < least) {
            throw error("at least %d but at most %d repetitions".formatted(least, most));
        }
        if (Math.max(least, most) > SchemaRepetitions.MAX) {
            throw error("%d repetitions are more than %d, the most that a grammar counts".formatted(Math.max(least, most), SchemaRepetitions.MAX));
        }
        repetitions.add(Math.max(least, most), place);
        if (most == 0) {
            return "{0}";
        }
        if (most < 0) {
            return least == 0 ? "*" : least == 1 ? "+" : "{" + least + ",}";
        }
        return least == 0 && most == 1 ? "?" : "{" + least + "," + most + "}";
    }

    private SchemaException error(String reason) {
        return place.error("%s (at character %d of the expression)".formatted(reason, at + 1));
    }
}
