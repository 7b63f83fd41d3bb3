package io.github.llamaffm.fuzz;

import io.github.llamaffm.Context;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.Sequence;
import java.util.Optional;

/**
 * What a sampler written in Java calls while it samples: chosen before, so that nothing random happens inside. What that throws goes
 * through the sampler.
 */
record Disturber(Optional<Context> context, Optional<Sequence> sequence, Optional<Answer> answer, Optional<Sampler> sampler) {

    static Disturber of(Player p) {
        return new Disturber(p.find(Kind.CONTEXT, null), p.find(Kind.SEQUENCE, null), p.find(Kind.ANSWER, null), p.find(Kind.SAMPLER, null));
    }

    void disturb(int what) {
        switch (what) {
            case 0 -> context.ifPresent(Context::close);
            case 1 -> sequence.ifPresent(Sequence::clear);
            case 2 -> answer.map(Answer::generation).ifPresent(Generation::close);
            default -> sampler.ifPresent(Sampler::close);
        }
    }
}
