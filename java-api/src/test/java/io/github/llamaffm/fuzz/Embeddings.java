package io.github.llamaffm.fuzz;

import io.github.llamaffm.Attention;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.EmbedOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.EmbeddingResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.Normalization;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.TextKind;
import io.github.llamaffm.Truncation;
import java.util.ArrayList;
import java.util.List;

/** Embedders. */
final class Embeddings {

    private Embeddings() {}

    @Operation(weight = 5)
    static void open(Player p) {
        Model model = Models.any(p);
        Embedder embedder = p.chance(20) ? model.newEmbedder() : model.newEmbedder(p.orNull(p.arg("options", options(p))));
        p.keep(Kind.EMBEDDER, embedder, model);
    }

    private static Embedder any(Player p) {
        return p.pickOrMake(Kind.EMBEDDER, null, () -> {
            Model model = Models.any(p);
            return p.keep(Kind.EMBEDDER, model.newEmbedder(), model);
        });
    }

    private static EmbedderOptions options(Player p) {
        EmbedderOptions.Builder builder = EmbedderOptions.builder();
        for (int i = p.below(4); i > 0; i--) {
            switch (p.below(8)) {
                case 0 -> builder.pooling(p.orNull(p.one(Pooling.values())));
                case 1 -> builder.normalization(p.one(Normalization.values()));
                case 2 -> builder.attention(p.one(Attention.values()));
                case 3 -> builder.truncation(p.one(Truncation.values()));
                case 4 -> builder.queryPrefix(p.text());
                case 5 -> builder.passagePrefix(p.text());
                case 6 -> builder.parseSpecial(p.chance(50));
                default -> builder.context(Contexts.options(p));
            }
        }
        return p.chance(10) ? EmbedderOptions.defaults() : builder.build();
    }

    private static EmbedOptions one(Player p) {
        return switch (p.below(5)) {
            case 0 -> EmbedOptions.query();
            case 1 -> EmbedOptions.passage();
            case 2 -> EmbedOptions.defaults();
            default -> {
                EmbedOptions.Builder builder = EmbedOptions.builder().kind(p.orNull(p.one(TextKind.values())));
                Cancellation cancellation = p.find(Kind.CANCELLATION, null).filter(_ -> p.chance(30)).orElseGet(Cancellation::create);
                builder.cancellation(cancellation);
                int way = p.below(6);
                builder.progress(done -> {
                    if (way == 0) {
                        cancellation.cancel();
                    } else if (way == 1) {
                        throw new Thrown("progress");
                    }
                });
                if (p.chance(20)) {
                    p.meanwhile(cancellation::cancel);
                }
                yield builder.build();
            }
        };
    }

    private static List<String> texts(Player p) {
        List<String> texts = new ArrayList<>();
        for (int i = p.number(0, 8); i > 0 && texts.size() < 20; i--) {
            texts.add(p.orNull(p.text()));
        }
        return texts;
    }

    @Operation(weight = 6)
    static void embed(Player p) {
        Embedder embedder = any(p);
        String text = p.orNull(p.arg("text", p.text()));
        Values.readAll(p.chance(30) ? embedder.embed(text) : embedder.embed(text, p.orNull(one(p))));
    }

    @Operation(weight = 6)
    static void embedAll(Player p) {
        Embedder embedder = any(p);
        List<String> texts = p.arg("texts", texts(p));
        List<EmbeddingResult> results = p.chance(30) ? embedder.embedAll(texts) : embedder.embedAll(texts, one(p));
        for (EmbeddingResult result : results) {
            Values.readAll(result, result.failure().isPresent() ? "" : result.orThrow());
        }
    }

    @Operation(weight = 3)
    static void embedEach(Player p) {
        Embedder embedder = any(p);
        int way = p.arg("way", p.below(5));
        embedder.embedAll((Iterable<String>) texts(p), one(p), result -> {
            switch (way) {
                case 0 -> throw new Thrown("each");
                case 1 -> embedder.close();
                case 2 -> embedder.embed("again");
                default -> Values.readAll(result);
            }
        });
    }

    @Operation(weight = 2)
    static void ask(Player p) {
        Embedder embedder = any(p);
        Values.readAll(embedder.model(), embedder.options(), embedder.size(), embedder.pooling(), embedder.maxTokens(), embedder.isClosed());
    }

    @Operation(weight = 3)
    static void close(Player p) {
        Embedder embedder = any(p);
        if (p.chance(30)) {
            p.meanwhile(embedder::close);
            Values.readAll(embedder.embed(p.text()));
        } else {
            embedder.close();
        }
        p.closed(embedder);
    }
}
