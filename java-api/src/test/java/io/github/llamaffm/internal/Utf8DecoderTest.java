package io.github.llamaffm.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8DecoderTest {

    private final Utf8Decoder decoder = new Utf8Decoder();
    private final StringBuilder out = new StringBuilder();

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Grüße", "日本語", "مرحبا", "👩‍👩‍👧 and 🇩🇪", "\u0000nul\u0000", "\uFFFD"})
    void givesTheSameTextByteByByte(String text) {
        for (byte b : text.getBytes(UTF_8)) {
            decode(b);
        }
        decoder.finish(out);

        assertThat(out).hasToString(text);
    }

    @Test
    void handsOutACharacterOnlyWhenItIsComplete() {
        byte[] emoji = "😀".getBytes(UTF_8);

        decode(emoji[0]);
        decode(emoji[1]);
        decode(emoji[2]);
        assertThat(out).isEmpty();

        decode(emoji[3]);
        assertThat(out).hasToString("😀");
    }

    @Test
    void replacesACharacterThatNeverBecomesComplete() {
        decode(0xE6, 0x97);
        assertThat(out).isEmpty();

        decoder.finish(out);
        assertThat(out).hasToString("\uFFFD");
    }

    @Test
    void replacesWhatIsNotUtf8AndGoesOn() {
        decode(0xFF, 'a', 0xC3, 'b', 0x80);

        assertThat(out).hasToString("\uFFFDa\uFFFDb\uFFFD");
    }

    @Test
    void startsAnewAfterTheEnd() {
        decode(0xF0, 0x9F);
        decoder.finish(out);
        out.setLength(0);

        decode('x');

        assertThat(out).hasToString("x");
    }

    @Test
    void agreesWithStringOnRandomBytesCutAnywhere() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 500; run++) {
            byte[] bytes = randomBytes(random);
            out.setLength(0);
            int from = 0;
            while (from < bytes.length) {
                int to = Math.min(bytes.length, from + random.nextInt(150));
                byte[] piece = Arrays.copyOfRange(bytes, from, to);
                decoder.decode(piece, piece.length, out);
                from = to;
            }
            decoder.finish(out);

            assertThat(out).as("seed %d run %d", seed, run).hasToString(new String(bytes, UTF_8));
        }
    }

    /** Half text, half noise: pure noise would hardly ever be a long character. */
    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(400)];
        random.nextBytes(bytes);
        byte[] text = "é日😀".getBytes(UTF_8);
        for (int i = 0; i + text.length < bytes.length; i += text.length + random.nextInt(4)) {
            System.arraycopy(text, 0, bytes, i, text.length);
        }
        return bytes;
    }

    private void decode(int... bytes) {
        byte[] piece = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            piece[i] = (byte) bytes[i];
        }
        decoder.decode(piece, piece.length, out);
    }
}
