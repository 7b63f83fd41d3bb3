package io.github.llamaffm.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdaptersTest {

    private final ControlVector up = ControlVector.of(new float[][] {{1, 2}, {3, 4}});
    private final ControlVector same = ControlVector.of(new float[][] {{1, 2}, {3, 4}});
    private final ControlVector down = ControlVector.of(new float[][] {{-1, -2}});

    @Test
    void fingerprintsTellUseAndContent() {
        assertThat(Adapters.none().fingerprint()).isZero();
        assertThat(Adapters.of(up, 0).fingerprint()).isZero();
        assertThat(Adapters.of(up, 1).fingerprint()).isNotZero().isEqualTo(Adapters.of(same, 1).fingerprint())
                .isNotEqualTo(Adapters.of(up, 2).fingerprint())
                .isNotEqualTo(Adapters.of(down, 1).fingerprint())
                .isNotEqualTo(Adapters.of(up, 1).and(down, 1).fingerprint());
        assertThat(Adapters.of(up, 1).and(down, 0).fingerprint()).isEqualTo(Adapters.of(up, 1).fingerprint());
    }

    @Test
    void theOrderOfLorasDoesNotMatter() {
        LoraAdapter first = new NamedLora(5);
        LoraAdapter second = new NamedLora(6);

        assertThat(Adapters.of(first, 1).and(second, 0.5f).fingerprint())
                .isEqualTo(Adapters.of(second, 0.5f).and(first, 1).fingerprint())
                .isNotEqualTo(Adapters.of(second, 1).and(first, 0.5f).fingerprint());
    }

    /** A fingerprint is saved in states: this one was computed by an independent SHA-256. */
    @Test
    void fingerprintsStayWhatTheyAre() {
        assertThat("%016x".formatted(Adapters.of(new NamedLora(5), 1).fingerprint())).isEqualTo("1d2d5093c98a1b56");
    }

    @Test
    void refusesWhatCannotBeMeant() {
        LoraAdapter lora = new NamedLora(5);

        assertThatIllegalArgumentException().isThrownBy(() -> Adapters.of(lora, 1).and(lora, 2)).withMessageContaining("twice");
        assertThatIllegalArgumentException().isThrownBy(() -> Adapters.of(lora, Float.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> Adapters.of(up, Float.POSITIVE_INFINITY));
        assertThatIllegalArgumentException().isThrownBy(() -> ControlVector.of(new float[0][]));
        assertThatIllegalArgumentException().isThrownBy(() -> ControlVector.of(new float[][] {{1, 2}, {3}}))
                .withMessage("the direction of layer 2 has 1 numbers, that of layer 1 has 2");
    }

    /** An adapter is an interface so that a user's test can have its own. */
    private record NamedLora(long fingerprint) implements LoraAdapter {
        @Override
        public Model model() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public int[] invocationTokens() {
            return new int[0];
        }

        @Override
        public boolean isClosed() {
            return false;
        }

        @Override
        public void close() {}
    }
}
