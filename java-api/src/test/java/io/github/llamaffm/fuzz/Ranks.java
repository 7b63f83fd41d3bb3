package io.github.llamaffm.fuzz;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Model;
import io.github.llamaffm.RankOptions;
import io.github.llamaffm.RankResult;
import io.github.llamaffm.Reranker;
import io.github.llamaffm.RerankerOptions;
import io.github.llamaffm.Truncation;
import java.util.ArrayList;
import java.util.List;

/** Rerankers. */
final class Ranks {

    private Ranks() {}

    @Operation(weight = 6)
    static void open(Player p) {
        Model model = Models.any(p);
        Reranker reranker = p.chance(40) ? model.newReranker() : model.newReranker(p.orNull(p.arg("options", options(p))));
        p.keep(Kind.RERANKER, reranker, model);
    }

    private static RerankerOptions options(Player p) {
        RerankerOptions.Builder builder = RerankerOptions.builder();
        for (int i = p.below(3); i > 0; i--) {
            switch (p.below(3)) {
                case 0 -> builder.template(p.orNull(p.one("{query} {document}", "{query}", "", "q: {query}\nd: {document}\n{query}")));
                case 1 -> builder.truncation(p.one(Truncation.values()));
                default -> builder.context(Contexts.options(p));
            }
        }
        return p.chance(20) ? RerankerOptions.defaults() : builder.build();
    }

    @Operation(weight = 6)
    static void rank(Player p) {
        Reranker reranker = p.pick(Kind.RERANKER);
        List<String> passages = new ArrayList<>();
        for (int i = p.below(6); i > 0; i--) {
            passages.add(p.orNull(p.text()));
        }
        String query = p.orNull(p.arg("query", p.text()));
        List<RankResult> results;
        if (p.chance(30)) {
            results = reranker.rank(query, passages);
        } else {
            Cancellation cancellation = Cancellation.create();
            int way = p.arg("way", p.below(6));
            RankOptions options = RankOptions.builder().cancellation(cancellation).progress(done -> {
                if (way == 0) {
                    cancellation.cancel();
                } else if (way == 1) {
                    throw new Thrown("progress");
                }
            }).build();
            results = reranker.rank(query, passages, p.orNull(way == 2 ? RankOptions.defaults() : options));
        }
        Values.readAll(results.stream().sorted(RankResult.bestFirst()).toList());
    }

    @Operation(weight = 2)
    static void ask(Player p) {
        Reranker reranker = p.pick(Kind.RERANKER);
        Values.readAll(reranker.model(), reranker.options(), reranker.maxTokens(), reranker.isClosed());
    }

    @Operation(weight = 2)
    static void close(Player p) {
        Reranker reranker = p.pick(Kind.RERANKER);
        reranker.close();
        p.closed(reranker);
    }
}
