package io.github.llamaffm;

import io.github.llamaffm.internal.Utf8;
import io.github.llamaffm.internal.gbnf.GbnfException;
import io.github.llamaffm.internal.gbnf.GbnfParser;
import java.util.List;
import java.util.Objects;

/**
 * What an answer may look like, in GBNF, checked when it is made. A value; any thread.
 *
 * <p>The check is our own, so that an error has its line and column. What it accepts llama.cpp accepts. It refuses what ends or
 * never ends in llama.cpp: more than 1,048,576 characters, 1,000 groups inside each other or 100,000 rules, and rules that come
 * back to themselves before they have matched anything.
 */
public final class Grammar {

    private static final String ROOT = "root";

    private final String gbnf;
    private final String root;
    private final List<GbnfParser.TokenName> tokens;

    private Grammar(String gbnf, String root, List<GbnfParser.TokenName> tokens) {
        this.gbnf = gbnf;
        this.root = root;
        this.tokens = tokens;
    }

    /** A grammar that starts with its rule {@code root}. See {@link #of(String, String)}. */
    public static Grammar of(String gbnf) {
        return of(gbnf, ROOT);
    }

    /**
     * Checks a grammar.
     *
     * @param gbnf its rules
     * @param root name of the rule that it starts with
     * @throws GrammarException if it is wrong, with the place
     * @throws IllegalArgumentException if it has an unpaired surrogate
     */
    public static Grammar of(String gbnf, String root) {
        Utf8.encode(gbnf);
        try {
            return new Grammar(gbnf, root, GbnfParser.check(gbnf, root));
        } catch (GbnfException e) {
            throw new GrammarException(e.getMessage(), e.line(), e.column());
        }
    }

    /** Its rules. */
    public String gbnf() {
        return gbnf;
    }

    /** Name of the rule that it starts with. */
    public String root() {
        return root;
    }

    /**
     * Whether the tokens that it names are in a vocabulary: llama.cpp takes what becomes one token.
     *
     * @throws GrammarException if one is not
     */
    void requireTokens(Tokenizer tokenizer) {
        for (GbnfParser.TokenName token : tokens) {
            if (tokenizer.encode(token.text(), false, true).length != 1) {
                throw new GrammarException("%s is not a token of this model".formatted(token.text()), token.line(), token.column());
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Grammar grammar && grammar.gbnf.equals(gbnf) && grammar.root.equals(root);
    }

    @Override
    public int hashCode() {
        return Objects.hash(gbnf, root);
    }

    @Override
    public String toString() {
        return "Grammar[%s, %d characters]".formatted(root, gbnf.length());
    }
}
