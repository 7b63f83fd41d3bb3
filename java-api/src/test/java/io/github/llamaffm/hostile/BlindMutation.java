package io.github.llamaffm.hostile;

import java.util.Arrays;
import java.util.Random;

/** A change of bytes, whatever they mean. */
enum BlindMutation {
    BITS {
        @Override
        byte[] apply(byte[] bytes, int head, Random random) {
            for (int i = random.nextInt(8); i >= 0; i--) {
                bytes[at(bytes, head, random, 1)] ^= (byte) (1 << random.nextInt(8));
            }
            return bytes;
        }
    },
    BYTES {
        @Override
        byte[] apply(byte[] bytes, int head, Random random) {
            int at = at(bytes, head, random, 1);
            for (int i = 0; i <= random.nextInt(40) && at + i < bytes.length; i++) {
                bytes[at + i] = (byte) random.nextInt();
            }
            return bytes;
        }
    },
    INTEGER {
        @Override
        byte[] apply(byte[] bytes, int head, Random random) {
            boolean wide = random.nextBoolean();
            int at = at(bytes, head, random, wide ? 8 : 4);
            byte[] value = wide ? GgufParts.int64(Extreme.integer(0, random)) : GgufParts.int32((int) Extreme.integer(0, random));
            System.arraycopy(value, 0, bytes, at, Math.min(value.length, bytes.length - at));
            return bytes;
        }
    },
    TRUNCATED {
        @Override
        byte[] apply(byte[] bytes, int head, Random random) {
            return Arrays.copyOf(bytes, random.nextInt(random.nextBoolean() ? Math.min(head, bytes.length) : bytes.length));
        }
    },
    CUT {
        @Override
        byte[] apply(byte[] bytes, int head, Random random) {
            int from = at(bytes, head, random, 1);
            int length = Math.min(1 + random.nextInt(64), bytes.length - from);
            byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
            System.arraycopy(bytes, from + length, shorter, from, bytes.length - from - length);
            return shorter;
        }
    },
    REPEATED {
        @Override
        byte[] apply(byte[] bytes, int head, Random random) {
            int from = at(bytes, head, random, 1);
            int length = Math.min(1 + random.nextInt(64), bytes.length - from);
            byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
            System.arraycopy(bytes, from, longer, from + length, bytes.length - from);
            return longer;
        }
    };

    /**
     * @param bytes may be changed
     * @param head  how many of them mean most
     */
    abstract byte[] apply(byte[] bytes, int head, Random random);

    private static int at(byte[] bytes, int head, Random random, int size) {
        int limit = random.nextInt(5) == 0 ? bytes.length : Math.min(head, bytes.length);
        return Math.max(0, random.nextInt(limit) - size + 1);
    }
}
