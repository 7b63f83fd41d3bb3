package io.github.llamaffm.hostile;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;

/** A saved state with one to three mutations. */
record StateDamage(String kind, String description, byte[] bytes) {

    private static final int LENGTHS_AT = 12;
    private static final int PREFIX = 24;
    private static final int CHECKSUM = 4;

    /** @param other a state of the other sort, from the same context */
    static StateDamage of(byte[] sound, byte[] other, Random random) {
        if (random.nextInt(8) == 0) {
            BlindMutation mutation = BlindMutation.values()[random.nextInt(BlindMutation.values().length)];
            return new StateDamage("plain " + mutation, "checksum as it was", mutation.apply(sound.clone(), sound.length, random));
        }
        int headerLength = GgufParts.littleEndian(sound).getInt(LENGTHS_AT);
        byte[] header = Arrays.copyOfRange(sound, PREFIX, PREFIX + headerLength);
        byte[] payload = Arrays.copyOfRange(sound, PREFIX + headerLength, sound.length - CHECKSUM);
        StringBuilder kinds = new StringBuilder();
        String first = "";
        for (int i = Math.max(0, random.nextInt(5) - 2); i >= 0; i--) {
            String kind;
            switch (random.nextInt(10)) {
                case 0 -> {
                    kind = "header";
                    header = blind(header, header.length, random);
                }
                case 1 -> {
                    kind = "header's numbers";
                    // Those of the sequences come after the facts.
                    byte[] value = GgufParts.int32((int) Extreme.integer(2, random));
                    System.arraycopy(value, 0, header, header.length - 4 * (1 + random.nextInt(Math.min(40, header.length / 4))), 4);
                }
                case 2 -> {
                    kind = "payload's length";
                    payload = Arrays.copyOf(payload, random.nextBoolean() ? random.nextInt(payload.length + 1) : payload.length + random.nextInt(5000));
                }
                case 3 -> {
                    kind = "payload of another";
                    int at = GgufParts.littleEndian(other).getInt(LENGTHS_AT) + PREFIX;
                    payload = Arrays.copyOfRange(other, at, other.length - CHECKSUM);
                }
                case 4, 5 -> {
                    kind = "payload";
                    payload = blind(payload, payload.length, random);
                }
                default -> {
                    kind = "payload's numbers";
                    payload = number(payload, random);
                }
            }
            first = first.isEmpty() ? kind : first;
            kinds.append(kinds.isEmpty() ? "" : ", ").append(kind);
            if (payload.length == 0 || header.length < 4) {
                break;
            }
        }
        return new StateDamage(first, kinds.toString(), seal(sound, header, payload));
    }

    private static byte[] blind(byte[] bytes, int head, Random random) {
        return bytes.length == 0 ? bytes
                : BlindMutation.values()[random.nextInt(BlindMutation.values().length)].apply(bytes.clone(), head, random);
    }

    /** Counts, positions, types and sizes stand at the beginning, and before each tensor. */
    private static byte[] number(byte[] payload, Random random) {
        byte[] changed = payload.clone();
        int at = 4 * random.nextInt(Math.max(1, Math.min(random.nextInt(4) == 0 ? payload.length : 400, payload.length) / 4));
        if (at + 4 <= changed.length) {
            ByteBuffer buffer = GgufParts.littleEndian(changed);
            buffer.putInt(at, (int) Extreme.integer(buffer.getInt(at), random));
        }
        return changed;
    }

    /** A sound state with another number somewhere in its payload, and a right checksum. */
    static byte[] withNumber(byte[] sound, int at, int value) {
        int headerLength = GgufParts.littleEndian(sound).getInt(LENGTHS_AT);
        byte[] payload = Arrays.copyOfRange(sound, PREFIX + headerLength, sound.length - CHECKSUM);
        GgufParts.littleEndian(payload).putInt(at, value);
        return seal(sound, Arrays.copyOfRange(sound, PREFIX, PREFIX + headerLength), payload);
    }

    private static byte[] seal(byte[] sound, byte[] header, byte[] payload) {
        ByteBuffer out = GgufParts.littleEndian(new byte[PREFIX + header.length + payload.length + CHECKSUM]);
        out.put(sound, 0, LENGTHS_AT).putInt(header.length).putLong(out.capacity()).put(header).put(payload);
        CRC32C checksum = new CRC32C();
        checksum.update(out.array(), 0, out.position());
        return out.putInt((int) checksum.getValue()).array();
    }
}
