package io.github.llamaffm.internal.gbnf;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Reads GBNF: what {@code llama_grammar_parser} accepts, and nothing that ends the process or never ends in it. Recursion of the
 * text is a stack here, so any thread may parse anything.
 */
public final class GbnfParser {

    /** Characters of a grammar. llama.cpp copies and keeps it several times. */
    public static final int MAX_LENGTH = 1 << 20;

    /** Groups inside each other: llama.cpp calls itself for each. */
    public static final int MAX_DEPTH = 1000;

    /** {@code MAX_REPETITION_THRESHOLD} of llama-grammar.cpp. */
    private static final int MAX_REPETITION = 2000;

    private static final long NO_MAXIMUM = Long.MAX_VALUE;

    private final GbnfText text;
    private final GbnfLexer lexer;
    private final GbnfRules rules;
    private final List<TokenName> tokens = new ArrayList<>();
    private final Deque<GbnfSequence> open = new ArrayDeque<>();

    /**
     * A token that a grammar names, such as {@code <think>}.
     *
     * @param text the name with its brackets
     * @param line of its place
     * @param column of its place
     */
    public record TokenName(String text, int line, int column) {}

    private GbnfParser(GbnfText text) {
        this.text = text;
        this.lexer = new GbnfLexer(text);
        this.rules = new GbnfRules(text);
    }

    /**
     * Checks a grammar.
     *
     * @param root name of the rule where it starts
     * @return the tokens that it names: whether they exist is for the vocabulary to say
     * @throws GbnfException if it is wrong, or too large
     */
    public static List<TokenName> check(String gbnf, String root) {
        GbnfText text = new GbnfText(gbnf);
        if (text.length() > MAX_LENGTH) {
            throw text.error("the grammar has %d characters, at most %d are read".formatted(text.length(), MAX_LENGTH), 0);
        }
        int nul = gbnf.indexOf(0);
        if (nul >= 0) {
            throw text.error("the character U+0000 would end the grammar", gbnf.codePointCount(0, nul));
        }
        GbnfParser parser = new GbnfParser(text);
        parser.parseRules();
        parser.rules.requireDefined(root);
        PossiblyEmpty empty = new PossiblyEmpty(parser.rules);
        new LeftRecursion(parser.rules, text, empty).refuse();
        new OptionalRuns(parser.rules, text, empty).refuse();
        return List.copyOf(parser.tokens);
    }

    private void parseRules() {
        lexer.skipSpace(true);
        while (!lexer.atEnd()) {
            int place = lexer.position();
            int rule = rules.named(lexer.name(), place);
            lexer.skipSpace(false);
            lexer.requireDefinition();
            lexer.skipSpace(true);
            open.push(new GbnfSequence(rule, -1, 0));
            while (!open.isEmpty()) {
                parseItem(open.peek());
            }
            lexer.requireNewlineOrEnd();
            lexer.skipSpace(true);
        }
    }

    /** The next item of the innermost rule or group, or its end. */
    private void parseItem(GbnfSequence sequence) {
        int c = lexer.peek();
        switch (c) {
            case '"' -> literal(sequence);
            case '[' -> characterClass(sequence);
            case '<', '!' -> token(sequence);
            case '(' -> openGroup(sequence);
            case '.' -> {
                lexer.skip();
                sequence.add(GbnfRules.TERMINAL, 1, 1);
                lexer.skipSpace(sequence.isGroup());
            }
            case '|' -> {
                lexer.skip();
                sequence.endAlternative();
                lexer.skipSpace(true);
            }
            case '*' -> repeat(sequence, 0, NO_MAXIMUM);
            case '+' -> repeat(sequence, 1, NO_MAXIMUM);
            case '?' -> repeat(sequence, 0, 1);
            case '{' -> repeatCounted(sequence);
            default -> {
                if (GbnfLexer.isNameCharacter(c)) {
                    int place = lexer.position();
                    int rule = rules.named(lexer.name(), place);
                    lexer.skipSpace(sequence.isGroup());
                    sequence.add(rule, 1, 1);
                } else {
                    end(sequence);
                }
            }
        }
    }

    private void literal(GbnfSequence sequence) {
        int opening = lexer.position();
        int characters = 0;
        lexer.skip();
        while (!lexer.take('"')) {
            lexer.character(opening, "text in quotes");
            characters++;
        }
        sequence.add(GbnfRules.TERMINAL, characters, 1);
        lexer.skipSpace(sequence.isGroup());
    }

    private void characterClass(GbnfSequence sequence) {
        int opening = lexer.position();
        int elements = 0;
        lexer.skip();
        lexer.take('^');
        while (!lexer.take(']')) {
            int place = lexer.position();
            int first = lexer.character(opening, "character class");
            elements++;
            if (lexer.peek() == '-' && text.at(lexer.position() + 1) != ']') {
                lexer.skip();
                if (lexer.character(opening, "character class") < first) {
                    throw lexer.error("this range runs backwards: it matches nothing", place);
                }
                elements++;
            }
        }
        sequence.add(GbnfRules.TERMINAL, elements, 1);
        lexer.skipSpace(sequence.isGroup());
    }

    private void token(GbnfSequence sequence) {
        lexer.take('!');
        int start = lexer.position();
        lexer.require('<');
        if (lexer.take('[')) {
            long id = lexer.number("a token id");
            if (id > Integer.MAX_VALUE) {
                throw lexer.error("no token has the id " + id, start);
            }
            lexer.require(']');
            lexer.require('>');
        } else {
            while (!lexer.atEnd() && lexer.peek() != '>') {
                lexer.skip();
            }
            if (!lexer.take('>')) {
                throw lexer.error("this token name is never closed", start);
            }
            GbnfException place = lexer.error("", start);
            tokens.add(new TokenName(lexer.part(start), place.line(), place.column()));
        }
        sequence.add(GbnfRules.TERMINAL, 1, 1);
        lexer.skipSpace(sequence.isGroup());
    }

    private void openGroup(GbnfSequence outer) {
        int opening = lexer.position();
        if (open.size() > MAX_DEPTH) {
            throw lexer.error("more than %d groups inside each other".formatted(MAX_DEPTH));
        }
        lexer.skip();
        lexer.skipSpace(true);
        int before = rules.count();
        open.push(new GbnfSequence(rules.unnamed(rules.name(outer.rule()), opening), opening, before));
    }

    private void end(GbnfSequence sequence) {
        if (sequence.isGroup()) {
            if (lexer.atEnd()) {
                throw lexer.error("this group is never closed", sequence.opening());
            }
            lexer.require(')');
        }
        rules.define(sequence.rule(), sequence.items(), sequence.elements());
        open.pop();
        if (sequence.isGroup()) {
            GbnfSequence outer = open.getFirst();
            outer.add(sequence.rule(), 1, Math.max(1, rules.count() - sequence.rulesBefore()));
            lexer.skipSpace(outer.isGroup());
        }
    }

    private void repeatCounted(GbnfSequence sequence) {
        int place = lexer.position();
        boolean newlines = sequence.isGroup();
        lexer.skip();
        lexer.skipSpace(newlines);
        long least = lexer.number("a number of repetitions");
        long most = least;
        lexer.skipSpace(newlines);
        if (lexer.take(',')) {
            lexer.skipSpace(newlines);
            most = NO_MAXIMUM;
            if (GbnfLexer.isDigit(lexer.peek())) {
                most = lexer.number("a number of repetitions");
                lexer.skipSpace(newlines);
            }
        }
        if (lexer.peek() != '}') {
            throw lexer.error("expected } after the number of repetitions, found " + text.show(lexer.position()));
        }
        if (least > MAX_REPETITION) {
            throw lexer.error("%d repetitions, at most %d can be asked for".formatted(least, MAX_REPETITION), place);
        }
        if (most < least) {
            throw lexer.error("at least %d but at most %d repetitions".formatted(least, most), place);
        }
        repeat(sequence, least, most > MAX_REPETITION ? NO_MAXIMUM : most, place);
    }

    private void repeat(GbnfSequence sequence, long least, long most) {
        repeat(sequence, least, most, lexer.position());
    }

    /** Behind the sign, which is read here. The rewriting is that of {@code handle_repetitions}. */
    private void repeat(GbnfSequence sequence, long least, long most, int place) {
        lexer.skip();
        lexer.skipSpace(sequence.isGroup());
        if (!sequence.canRepeat()) {
            throw lexer.error("%s has nothing before it to repeat".formatted(text.show(place)), place);
        }
        boolean unlimited = most == NO_MAXIMUM;
        long total = !unlimited && most > 0 ? most : Math.max(least, 1);
        if (sequence.repeated() * total > MAX_REPETITION) {
            throw lexer.error("repetitions inside repetitions make %d rules, at most %d are allowed; lower their numbers"
                    .formatted(sequence.repeated() * total, MAX_REPETITION), place);
        }
        int[] once = sequence.lastItems();
        long onceElements = sequence.lastElements();
        sequence.repeatLast(least, total);
        long optional = unlimited ? 1 : most - least;
        int rest = -1;
        for (long i = 0; i < optional; i++) {
            int rule = rules.unnamed(rules.name(sequence.rule()), place);
            boolean again = unlimited || i > 0;
            int[] items = Arrays.copyOf(once, once.length + (again ? 2 : 1));
            if (again) {
                items[once.length] = unlimited ? rule : rest;
            }
            items[items.length - 1] = GbnfRules.ALTERNATIVE;
            rules.define(rule, items, onceElements + 3);
            rest = rule;
        }
        if (rest >= 0) {
            sequence.addRest(rest);
        }
    }
}
