package io.github.llamaffm.fuzz;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.GrammarUse.Trigger;
import io.github.llamaffm.Model;
import java.util.List;

/** Grammars: right ones, wrong ones, mutated ones. */
final class Grammars {

    private static final String[] GBNF = {
        "root ::= \"yes\" | \"no\"",
        "root ::= [a-z ]+",
        "root ::= item*\nitem ::= [0-9]{1,3} \",\"?",
        "root ::= \"(\" root \")\" | \"x\"",
        "root ::= .*",
        "root ::= object\nobject ::= \"{\" pair (\",\" pair)* \"}\"\npair ::= string \":\" string\nstring ::= \"\\\"\" [^\"]* \"\\\"\"",
        "root ::= (\"a\" | \"b\" | [\\u0100-\\uFFFF])+ \"\\n\"?",
        "root ::= \"\"",
        "root ::= root \"a\"",
        "root ::= missing",
        "root ::= [",
        "root ::= \"a\"{3,1}",
        "root ::= ((a*)*)*\na ::= \"a\" |",
    };

    private Grammars() {}

    @Operation(weight = 6)
    static void check(Player p) {
        String gbnf = p.one(GBNF);
        if (p.chance(25)) {
            int at = p.below(gbnf.length());
            gbnf = gbnf.substring(0, at) + p.one("", "\"", "|", "*", "(", ")", "\\", "\0", "::=", "{9}") + gbnf.substring(Math.min(gbnf.length(), at + p.below(3)));
        }
        p.arg("gbnf", gbnf);
        Grammar grammar = p.chance(85) ? Grammar.of(p.orNull(gbnf)) : Grammar.of(gbnf, p.orNull(p.one("root", "item", "", "object")));
        Values.readAll(grammar.gbnf(), grammar.root());
        p.keep(Kind.GRAMMAR, grammar, null);
    }

    static GrammarUse use(Player p, Model model, Grammar grammar) {
        return switch (p.below(5)) {
            case 0, 1 -> GrammarUse.always(p.orNull(grammar));
            case 4 -> GrammarUse.always(grammar).behind(p.orNull(p.one("", "y", "{", "\ud800")));
            case 2 -> GrammarUse.after(grammar, new Trigger.Token(p.token(model)));
            default -> p.chance(20) ? new GrammarUse(grammar, List.of()) : GrammarUse.after(grammar, p.one(
                    new Trigger.Word("e"), new Trigger.Word("th"), new Trigger.Pattern("[a-z]+ (x)"), new Trigger.Pattern("e")));
        };
    }
}
