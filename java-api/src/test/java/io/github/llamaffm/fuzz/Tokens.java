package io.github.llamaffm.fuzz;

import io.github.llamaffm.Tokenizer;

/** Text to tokens and back, by any thread, while models are closed. */
final class Tokens {

    private Tokens() {}

    @Operation(weight = 5)
    static void encode(Player p) {
        Tokenizer tokenizer = Models.any(p).tokenizer();
        String text = p.orNull(p.arg("text", p.text()));
        Values.readAll(p.chance(30) ? tokenizer.encode(text) : tokenizer.encode(text, p.chance(50), p.chance(50)));
    }

    @Operation(weight = 3)
    static void decode(Player p) {
        var model = Models.any(p);
        Values.readAll(model.tokenizer().decode(p.orNull(p.arg("tokens", p.tokens(model)))));
    }

    @Operation(weight = 3)
    static void pieces(Player p) {
        var model = Models.any(p);
        int token = p.arg("token", p.token(model));
        Tokenizer tokenizer = model.tokenizer();
        Values.readAll(tokenizer.piece(token), tokenizer.info(token), tokenizer.isEndOfGeneration(token),
                tokenizer.piece(token, p.orNull(new byte[p.one(0, 1, 64)])));
    }

    @Operation(weight = 2)
    static void ask(Player p) {
        Tokenizer t = Models.any(p).tokenizer();
        Values.readAll(t.size(), t.endOfGeneration(), t.bos(), t.eos(), t.eot(), t.newline(), t.sep(), t.pad(), t.mask(), t.fimPrefix(),
                t.fimSuffix(), t.fimMiddle(), t.fimPad(), t.fimRepository(), t.fimSeparator(), t.addsBos(), t.addsEos());
    }
}
