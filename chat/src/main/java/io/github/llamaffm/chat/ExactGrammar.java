package io.github.llamaffm.chat;

import io.github.llamaffm.internal.chat.ChatHost;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules that upstream's converter puts into every grammar, where they let through what is no such value. */
final class ExactGrammar {

    /** As upstream writes them, and as they are meant. */
    private static final Map<String, String> RULES = Map.of(
            // Exponents of 16 digits fit into no number of Java.
            "number ::= (\"-\"? integral-part) (\".\" decimal-part)? ([eE] [-+]? integral-part)?",
            "number ::= (\"-\"? integral-part) (\".\" decimal-part)? ([eE] [-+]? [0-9]{1,2})?",
            // Bytes of no Unicode character would count as one.
            "char ::= [^\"\\\\\\x7F\\x00-\\x1F] | [\\\\] ([\"\\\\bfnrt] | \"u\" [0-9a-fA-F]{4})",
            "char ::= [\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E\\u0080-\\uD7FF\\uE000-\\U0010FFFF] | [\\\\] ([\"\\\\bfnrt] | \"u\" [0-9a-fA-F]{4})",
            // The 31st of February.
            "date ::= [0-9]{4} \"-\" ( \"0\" [1-9] | \"1\" [0-2] ) \"-\" ( \"0\" [1-9] | [1-2] [0-9] | \"3\" [0-1] )",
            "date ::= [0-9]{4} \"-\" ( ( \"0\" [13578] | \"1\" [02] ) \"-\" ( \"0\" [1-9] | [12] [0-9] | \"3\" [01] )"
                    + " | ( \"0\" [469] | \"11\" ) \"-\" ( \"0\" [1-9] | [12] [0-9] | \"30\" )"
                    + " | \"02-\" ( \"0\" [1-9] | \"1\" [0-9] | \"2\" [0-8] ) )"
                    + " | ( [0-9]{2} ( \"0\" [48] | [2468] [048] | [13579] [26] ) | ( [02468] [048] | [13579] [26] ) \"00\" ) \"-02-29\"",
            // Nowhere is time off by a day, and Java has no such offsets.
            "time ::= ([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] ( \".\" [0-9]{3} )? ( \"Z\" | ( \"+\" | \"-\" ) ( [01] [0-9] | \"2\" [0-3] ) \":\" [0-5] [0-9] )",
            "time ::= ([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] ( \".\" [0-9]{3} )? ( \"Z\" | ( \"+\" | \"-\" ) ( \"0\" [0-9] | \"1\" [0-7] ) \":\" [0-5] [0-9] )");

    /** Names other than those of a schema: what they are told apart by must not be an escape or a control character. */
    private static final Pattern OTHER_NAMES = Pattern.compile("(?m)^[a-zA-Z0-9-]*additional-k[0-9]* ::= .*$");

    private ExactGrammar() {}

    /** The grammar of a schema, for answers and for what is checked once it is there. */
    static String ofSchema(ChatHost host, String schema) {
        return of(host.schemaToGrammar(schema));
    }

    static String of(String gbnf) {
        String exact = "\n" + gbnf;
        for (Map.Entry<String, String> rule : RULES.entrySet()) {
            exact = exact.replace("\n" + rule.getKey() + "\n", "\n" + rule.getValue() + "\n");
        }
        return OTHER_NAMES.matcher(exact.substring(1)).replaceAll(match -> Matcher.quoteReplacement(
                match.group().replace("[^\"", "[^\"\\\\\\x7F\\x00-\\x1F")));
    }
}
