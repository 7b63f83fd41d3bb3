package io.github.llamaffm.chat;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.internal.chat.ChatHost;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether arguments follow the schema of their tool: what the grammar of that schema says. Where a template writes JSON, the answer was
 * held to it; but some templates write texts as they are, which no grammar of theirs holds to a schema, and some have a grammar
 * only where a tool must be called.
 */
final class ArgumentsCheck {

    /** Behind the arguments: no grammar of a schema takes it for white space. */
    private static final String END = "\u0003";

    private final Model model;

    ArgumentsCheck(Model model) {
        this.model = model;
    }

    /** What is wrong with them, for the model; empty: nothing. */
    Optional<String> wrong(Tool tool, String arguments) {
        JsonNode value;
        try {
            value = Json.MAPPER.readTree(arguments);
        } catch (JacksonException e) {
            return Optional.of("the arguments are no JSON: " + e.getOriginalMessage());
        } catch (NumberFormatException e) {
            return Optional.of("the arguments have a number that no computer holds");
        }
        ObjectNode schema = SchemaCheck.of(tool.parameters());
        String gbnf = ExactGrammar.ofSchema((ChatHost) model, schema.toString()) + "\nthe-whole ::= root \"\\x03\"\n";
        Grammar grammar = Grammar.of(gbnf, "the-whole");
        String text = new PropertyOrder(schema).of(value).toString() + END;
        return allows(grammar, text)
                ? Optional.empty()
                : Optional.of(doNotFollow(tool.name(), "what is wrong begins at " + wrong(grammar, text)));
    }

    static String doNotFollow(String tool, String what) {
        return "the arguments do not follow the schema of '%s': %s".formatted(tool, what);
    }

    /** The first place that the grammar does not allow, with what is there. */
    private String wrong(Grammar grammar, String text) {
        int allowed = 0;
        int refused = text.length();
        while (refused - allowed > 1) {
            int middle = (allowed + refused) / 2;
            if (allows(grammar, text.substring(0, middle))) {
                allowed = middle;
            } else {
                refused = middle;
            }
        }
        String rest = text.substring(allowed).replace(END, "");
        return rest.isEmpty() ? "the end" : rest.length() <= 60 ? rest : rest.substring(0, 60) + "…";
    }

    private boolean allows(Grammar grammar, String text) {
        if (text.isEmpty()) {
            return true;
        }
        GrammarUse use = GrammarUse.always(grammar).behind(text);
        try {
            model.newSampler(SamplerOptions.of(new SamplerSpec.GrammarRule(use), new SamplerSpec.Greedy())).close();
            return true;
        } catch (SamplingException e) {
            return false;
        }
    }
}
