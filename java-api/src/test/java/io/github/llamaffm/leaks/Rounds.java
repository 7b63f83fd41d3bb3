package io.github.llamaffm.leaks;

import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import java.lang.foreign.Arena;
import java.util.function.Function;

/** What is repeated, and how often in the long run. */
enum Rounds {
    MODEL("a model loaded, read and closed, with each load mode", 1_000, LoadRounds::load),
    SHUTDOWN("a model with a context, a sampler, an adapter and a generation, shut down", 1_000, LoadRounds::shutdown),
    LOAD_CANCELLED("a load cancelled on its way", 1_000, LoadRounds::cancelled),
    LOAD_FAILED("a load that fails: a file cut off", 1_000, LoadRounds::failed),
    PLAN("a memory plan", 1_000, LoadRounds::plan),
    ADAPTER("a LoRA adapter loaded, computed with and closed, and one that fails", 1_000, LoadRounds::adapter),
    CONTEXT("a context made, used and closed with all that is open in it, four kinds", 10_000, ContextRounds::open),
    VIRTUAL("a context used by a virtual thread", 1_000, ContextRounds::virtual),
    CONTEXT_REFUSED("a context that llama.cpp refuses", 10_000, ContextRounds::refused),
    EMBEDDER("an embedder and a reranker made, used and closed", 1_000, ContextRounds::embedder),
    POOL("a thread pool", 10_000, ContextRounds::pool),
    SETTINGS("the settings and counters of a context", 10_000, ContextRounds::settings),
    GENERATION("a generation closed early, cancelled, or left to the next one", 100_000, TextRounds::generation),
    SEQUENCE("a sequence filled, forked, cut and closed", 10_000, TextRounds::sequence),
    STATE("states saved and restored, damaged ones too", 10_000, TextRounds::state),
    BATCH("a batch made, computed and closed", 10_000, TextRounds::batch),
    FAILURE("a full cache, a failed draw, a decode that time stops", 10_000, TextRounds::failure),
    TEXT("a text encoded and decoded", 10_000, TextRounds::text),
    SAMPLER("a sampler made, copied, used and closed, six kinds", 10_000, SamplerRounds::chain),
    GRAMMAR("the same with a grammar, four kinds", 10_000, SamplerRounds::grammar),

    /** No native call at all: what the measurement itself and the JVM make of nothing. */
    JAVA_ONLY("nothing but Java: a grammar checked", 100_000, _ -> _ -> Grammar.of("root ::= \"a\" | [b-z]+")),

    /** Leaks on purpose: what the measurement must find. */
    FORGOTTEN_BYTES("32 bytes forgotten by Java", 10_000, _ -> _ -> Arena.global().allocate(32)),

    /** Leaks on purpose, where nothing knows of it but malloc: its smallest native object. */
    FORGOTTEN_SAMPLER("a greedy sampler forgotten", 10_000, fixture -> {
        Model model = Model.load(fixture.model());
        return _ -> model.newSampler(SamplerOptions.greedy());
    });

    final String what;
    final int longRun;
    private final Function<Fixture, Round> maker;

    Rounds(String what, int longRun, Function<Fixture, Round> maker) {
        this.what = what;
        this.longRun = longRun;
        this.maker = maker;
    }

    Round open(Fixture fixture) {
        return maker.apply(fixture);
    }

    boolean leaks() {
        return this == FORGOTTEN_BYTES || this == FORGOTTEN_SAMPLER;
    }
}
