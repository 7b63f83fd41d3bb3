package io.github.llamaffm.hostile;

import java.util.Random;

/**
 * A GGUF file with one to three mutations, of one sort: blind ones, or ones that know the format.
 *
 * @param kind of the first
 */
record GgufDamage(String kind, String description, byte[] bytes) {

    static GgufDamage of(byte[] sound, Random random, Keys keys) {
        GgufParts parts = GgufParts.parse(sound);
        int count = 1 + Math.max(0, random.nextInt(5) - 2);
        if (random.nextInt(4) == 0) {
            int head = parts.headerLength();
            BlindMutation first = null;
            byte[] bytes = sound;
            for (int i = 0; i < count; i++) {
                BlindMutation next = BlindMutation.values()[random.nextInt(BlindMutation.values().length)];
                first = first == null ? next : first;
                bytes = next.apply(bytes, head, random);
                if (bytes.length == 0) {
                    break;
                }
            }
            return new GgufDamage(first.name(), count + " blind", bytes);
        }
        String kind = "";
        StringBuilder description = new StringBuilder();
        for (int i = 0; i < count && !parts.entries.isEmpty(); i++) {
            // Hyperparameters have the most to say.
            GgufMutation next = random.nextInt(4) == 0 ? GgufMutation.NUMBER : GgufMutation.values()[random.nextInt(GgufMutation.values().length)];
            kind = kind.isEmpty() ? next.name() : kind;
            description.append(i == 0 ? "" : "; ").append(next).append(' ').append(next.apply(parts, random, keys));
        }
        return new GgufDamage(kind, description.toString(), parts.toBytes());
    }
}
