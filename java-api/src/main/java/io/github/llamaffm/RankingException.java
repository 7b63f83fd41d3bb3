package io.github.llamaffm;

import java.io.Serial;
import java.util.List;

/** A model cannot rank: it has no rank head, or nothing says how a query and a passage are put together for it. */
public final class RankingException extends LlamaException {

    @Serial
    private static final long serialVersionUID = 1;

    RankingException(String message) {
        super(message, List.of());
    }
}
