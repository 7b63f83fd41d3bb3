package io.github.llamaffm.internal.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands before the payload.
 *
 * <p>A state is, in little-endian order: the eight letters {@code LLAMAFFM}, the format's version (4 bytes), the length of the
 * header in bytes (4), of everything (8), the header, the payload, a CRC-32C of all that (4). The header is: 0 for one sequence
 * or 1 for a context (4), the number of facts (4), each with name and value, each of them a length (4) and UTF-8; the number of
 * sequences (4), each with id (4), adapters (8), number of tokens (4), of those that were decoded (4), tokens and positions.
 *
 * @param wholeContext whether the payload has all sequences of a context, or one
 * @param facts what the payload depends on, by name
 * @param payloadLength in bytes
 */
public record StateHeader(
        boolean wholeContext, Map<String, String> facts, List<SavedSequence> sequences, long payloadLength) {

    static final byte[] MAGIC = "LLAMAFFM".getBytes(StandardCharsets.US_ASCII);
    static final int VERSION = 1;
    static final int PREFIX_LENGTH = MAGIC.length + 2 * Integer.BYTES + Long.BYTES;
    static final int CHECKSUM_LENGTH = Integer.BYTES;

    /** What every JVM can allocate at most. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    /** Bytes of the whole state. */
    public long totalLength() {
        return PREFIX_LENGTH + headerLength() + payloadLength + CHECKSUM_LENGTH;
    }

    /** As {@link #totalLength()}, where an array can hold it. */
    public int arrayLength() throws BadStateException {
        if (totalLength() > MAX_ARRAY) {
            throw new BadStateException("has %d bytes, an array holds at most %d: save it to a file"
                    .formatted(totalLength(), MAX_ARRAY));
        }
        return (int) totalLength();
    }

    private long headerLength() {
        long length = 3L * Integer.BYTES;
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            length += 2L * Integer.BYTES + utf8(fact.getKey()).length + utf8(fact.getValue()).length;
        }
        for (SavedSequence sequence : sequences) {
            length += sequence.byteSize();
        }
        return length;
    }

    /** Everything before the payload. */
    ByteBuffer encode() {
        int headerLength = Math.toIntExact(headerLength());
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(PREFIX_LENGTH, headerLength)).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putInt(VERSION).putInt(headerLength).putLong(totalLength());
        out.putInt(wholeContext ? 1 : 0);
        out.putInt(facts.size());
        facts.forEach((name, value) -> {
            put(out, name);
            put(out, value);
        });
        out.putInt(sequences.size());
        for (SavedSequence sequence : sequences) {
            out.putInt(sequence.id()).putLong(sequence.adapters());
            out.putInt(sequence.tokens().length).putInt(sequence.decoded());
            put(out, sequence.tokens());
            put(out, sequence.positions());
        }
        return out.flip();
    }

    /** Of checked bytes. */
    static StateHeader decode(ByteBuffer in, long payloadLength) throws BadStateException {
        in.order(ByteOrder.LITTLE_ENDIAN);
        int kind = in.getInt();
        if (kind != 0 && kind != 1) {
            throw new BadStateException("is of the unknown kind " + kind);
        }
        Map<String, String> facts = new LinkedHashMap<>();
        for (int i = count(in, 2 * Integer.BYTES); i > 0; i--) {
            String name = text(in);
            facts.put(name, text(in));
        }
        List<SavedSequence> sequences = new ArrayList<>();
        for (int i = count(in, SavedSequence.FIXED_BYTES); i > 0; i--) {
            int id = in.getInt();
            long adapters = in.getLong();
            int length = count(in, 2 * Integer.BYTES);
            int decoded = in.getInt();
            if (decoded < 0 || decoded > length) {
                throw new BadStateException("has a sequence with %d of %d tokens decoded".formatted(decoded, length));
            }
            sequences.add(new SavedSequence(id, ints(in, length), ints(in, length), decoded, adapters));
        }
        return new StateHeader(kind == 1, facts, List.copyOf(sequences), payloadLength);
    }

    private static int count(ByteBuffer in, int leastBytes) throws BadStateException {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / leastBytes) {
            throw new BadStateException("has a header that names %d parts in %d bytes".formatted(count, in.remaining()));
        }
        return count;
    }

    private static String text(ByteBuffer in) throws BadStateException {
        byte[] bytes = new byte[count(in, 1)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int[] ints(ByteBuffer in, int length) {
        int[] values = new int[length];
        in.asIntBuffer().get(values);
        in.position(in.position() + length * Integer.BYTES);
        return values;
    }

    private static void put(ByteBuffer out, String text) {
        byte[] bytes = utf8(text);
        out.putInt(bytes.length).put(bytes);
    }

    private static void put(ByteBuffer out, int[] values) {
        out.asIntBuffer().put(values);
        out.position(out.position() + values.length * Integer.BYTES);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
