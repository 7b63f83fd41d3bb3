package io.github.llamaffm.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written is read again, and nothing else is. */
class StateFormatTest {

    private final byte[] payload = new byte[10_000];
    private final Map<String, String> facts = new LinkedHashMap<>(Map.of("architecture", "llama", "größe", "5 µ"));

    @Test
    void whatWasWrittenIsRead() throws IOException {
        long seed = new Random().nextLong();
        new Random(seed).nextBytes(payload);
        StateHeader header = header();
        byte[] state = write(header);

        StateReader reader = StateReader.open(StateSource.array(state));

        assertThat(state).as("seed %d", seed).hasSize((int) header.totalLength());
        assertThat(reader.header().facts()).containsExactlyEntriesOf(facts);
        assertThat(reader.header().payloadLength()).isEqualTo(payload.length);
        assertThat(reader.header().wholeContext()).isTrue();
        assertThat(reader.header().sequences()).usingRecursiveComparison().isEqualTo(header.sequences());
        ByteBuffer first = ByteBuffer.allocate(4000);
        ByteBuffer rest = ByteBuffer.allocate(6000);
        reader.payload(first);
        reader.payload(rest);
        assertThat(first.array()).isEqualTo(Arrays.copyOf(payload, 4000));
        assertThat(rest.array()).isEqualTo(Arrays.copyOfRange(payload, 4000, 10_000));
    }

    @Test
    void everyTruncationIsSeen() throws IOException {
        byte[] state = write(header());

        for (int length = 0; length < state.length; length++) {
            byte[] part = Arrays.copyOf(state, length);
            assertThatExceptionOfType(BadStateException.class).as("%d of %d bytes", length, state.length)
                    .isThrownBy(() -> StateReader.open(StateSource.array(part)));
        }
        assertThatExceptionOfType(BadStateException.class)
                .isThrownBy(() -> StateReader.open(StateSource.array(Arrays.copyOf(state, state.length - 1))))
                .withMessage("is truncated: it has %d bytes and was written with %d", state.length - 1, state.length);
        assertThatExceptionOfType(BadStateException.class)
                .isThrownBy(() -> StateReader.open(StateSource.array(Arrays.copyOf(state, state.length + 1))))
                .withMessageStartingWith("has bytes after its end");
    }

    @Test
    void everyFlippedBitIsSeen() throws IOException {
        byte[] state = write(header());

        for (int bit = 0; bit < 8 * state.length; bit += bit < 2000 ? 1 : 37) {
            state[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(BadStateException.class).as("bit %d", bit)
                    .isThrownBy(() -> StateReader.open(StateSource.array(state)));
            state[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(StateReader.open(StateSource.array(state)).header().facts()).isEqualTo(facts);
    }

    @Test
    void everyReasonIsNamed() throws IOException {
        byte[] state = write(header());
        state[8] = 9;
        assertThatExceptionOfType(BadStateException.class).isThrownBy(() -> StateReader.open(StateSource.array(state)))
                .withMessage("is of format version 9; version 1 can be read");
        state[8] = 1;
        state[500] ^= 1;
        assertThatExceptionOfType(BadStateException.class).isThrownBy(() -> StateReader.open(StateSource.array(state)))
                .withMessageStartingWith("was changed or damaged: its %d bytes have the checksum", state.length - 4);
        assertThatExceptionOfType(BadStateException.class)
                .isThrownBy(() -> StateReader.open(StateSource.array("no state at all, but long enough".getBytes())))
                .withMessageStartingWith("is not a saved state");
    }

    @Test
    void moreThanTwoGibibytesAreForFiles() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        StateHeader header = new StateHeader(false, facts, List.of(), 2200L << 20);
        assertThatExceptionOfType(BadStateException.class).isThrownBy(header::arrayLength)
                .withMessage("has %d bytes, an array holds at most 2147483639: save it to a file", header.totalLength());
        ByteBuffer start = ByteBuffer.allocate(1000);
        ByteBuffer end = ByteBuffer.allocate(4);
        StateWriter writer = new StateWriter(bytes -> {
            if (bytes.remaining() == end.capacity()) {
                end.put(bytes);
            } else if (bytes.remaining() < zeros.capacity()) {
                start.put(bytes);
            }
        }, header);
        writer.begin();
        for (int i = 0; i < 2200; i++) {
            writer.payload(zeros.duplicate());
        }
        writer.end();
        start.flip();
        StateReader reader = StateReader.open(new StateSource() {
            @Override
            public long size() {
                return header.totalLength();
            }

            @Override
            public void read(long position, ByteBuffer into) {
                while (into.hasRemaining()) {
                    long at = position++;
                    if (at < start.limit()) {
                        into.put(start.get((int) at));
                    } else if (at >= size() - 4) {
                        into.put(end.get((int) (at - size() + 4)));
                    } else {
                        int length = (int) Math.min(into.remaining(), size() - 4 - at);
                        into.put(zeros.duplicate().limit(length));
                        position += length - 1;
                    }
                }
            }
        });

        assertThat(reader.header()).isEqualTo(header);
    }

    /** Bytes with a right checksum that somebody else wrote. */
    @Test
    void aHeaderThatNamesMoreThanItHasIsRefused() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] header = header().encode().array();
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = Arrays.copyOfRange(header, StateHeader.PREFIX_LENGTH, header.length);
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            try {
                StateHeader.decode(ByteBuffer.wrap(damaged), 0);
            } catch (BadStateException | java.nio.BufferUnderflowException _) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    private StateHeader header() {
        return new StateHeader(true, facts, List.of(
                new SavedSequence(0, new int[] {1, 2, 3}, new int[] {0, 1, 5}, 2, 0x1234567890abcdefL),
                new SavedSequence(7, new int[0], new int[0], 0, 0)), payload.length);
    }

    private byte[] write(StateHeader header) throws IOException {
        byte[] state = new byte[(int) header.totalLength()];
        StateWriter writer = new StateWriter(StateSink.array(state), header);
        writer.begin();
        writer.payload(ByteBuffer.wrap(payload, 0, 1));
        writer.payload(ByteBuffer.wrap(payload, 1, payload.length - 1));
        writer.end();
        return state;
    }
}
