package io.github.llamaffm.benchmarks.sides;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private static final int MOST = Profile.FULL.rounds();

    @Test
    void aQuietPeerNeedsNoMoreThanEnoughPairs() {
        Rounds rounds = run(_ -> 100, Long.MAX_VALUE);

        assertThat(rounds.ours()).hasSize(Goal.PAIRS);
        assertThat(rounds.again()).hasSize(Goal.PAIRS);
    }

    @Test
    void aNoisyPeerRunsOn() {
        assertThat(run(RoundsTest::noisy, Long.MAX_VALUE).ours()).hasSize(MOST);
    }

    @Test
    void whatIsJudgedWhateverTheNoiseRunsOn() {
        assertThat(run(new Goal.Below(1, ""), _ -> 100, Long.MAX_VALUE).ours()).hasSize(MOST);
    }

    @Test
    void whoHasNoTimeLeftHasTheLeastOfPairs() {
        assertThat(run(RoundsTest::noisy, 0).ours()).hasSize(Profile.FULL.leastRounds());
    }

    private static double noisy(int run) {
        return run % 2 == 0 ? 100 : 103;
    }

    private static Rounds run(IntToDoubleFunction peer, long time) {
        return run(new Goal.AsFast(), peer, time);
    }

    /** @param time nanoseconds for all of it */
    private static Rounds run(Goal goal, IntToDoubleFunction peer, long time) {
        int[] run = new int[1];
        Case of = new Case("", Unit.MILLISECONDS, goal, new Contender("ours", () -> Sample.of(run[0])),
                new Contender("peer", () -> Sample.of(peer.applyAsDouble(run[0]++))), List.of());
        return Rounds.run(of, Profile.FULL, MOST, System.nanoTime() + time / 2);
    }
}
