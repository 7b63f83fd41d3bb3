package io.github.llamaffm.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One value of a GGUF file's metadata, as the file encodes it. Immutable. */
public final class GgufValue {

    static final int UINT8 = 0;
    static final int INT8 = 1;
    static final int UINT16 = 2;
    static final int INT16 = 3;
    static final int UINT32 = 4;
    static final int INT32 = 5;
    static final int FLOAT32 = 6;
    static final int BOOL = 7;
    static final int STRING = 8;
    static final int ARRAY = 9;
    static final int UINT64 = 10;
    static final int INT64 = 11;
    static final int FLOAT64 = 12;

    private final int type;
    private final byte[] bytes;

    /** Takes over the array. */
    GgufValue(int type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    /** A number from 0 to 4,294,967,295, as an unsigned int: what most sizes and token ids are. */
    public static GgufValue of(int value) {
        return new GgufValue(UINT32, littleEndian(4).putInt(value).array());
    }

    /** A floating-point number. */
    public static GgufValue of(float value) {
        return new GgufValue(FLOAT32, littleEndian(4).putFloat(value).array());
    }

    /** True or false. */
    public static GgufValue of(boolean value) {
        return new GgufValue(BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    /** A text. */
    public static GgufValue of(String value) {
        return new GgufValue(STRING, text(value));
    }

    /** A list of texts. */
    public static GgufValue of(List<String> values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(arrayHeader(STRING, values.size()));
        values.forEach(value -> out.writeBytes(text(value)));
        return new GgufValue(ARRAY, out.toByteArray());
    }

    /** A list of unsigned ints. */
    public static GgufValue of(int[] values) {
        return ints(UINT32, values);
    }

    /** A list of signed ints: what token types are. */
    public static GgufValue ofSigned(int[] values) {
        return ints(INT32, values);
    }

    /** A list of floating-point numbers. */
    public static GgufValue of(float[] values) {
        ByteBuffer out = littleEndian(12 + 4 * values.length).put(arrayHeader(FLOAT32, values.length));
        for (float value : values) {
            out.putFloat(value);
        }
        return new GgufValue(ARRAY, out.array());
    }

    int type() {
        return type;
    }

    /** Not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    /** Elements of an array. */
    int arrayLength() {
        if (type != ARRAY) {
            throw new IllegalStateException("not an array but a value of type " + type);
        }
        return (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(4);
    }

    /** Of a list of texts. */
    List<String> texts() {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (type != ARRAY || in.getInt() != STRING) {
            throw new IllegalStateException("not a list of texts");
        }
        String[] texts = new String[(int) in.getLong()];
        for (int i = 0; i < texts.length; i++) {
            int length = (int) in.getLong();
            texts[i] = new String(bytes, in.position(), length, StandardCharsets.UTF_8);
            in.position(in.position() + length);
        }
        return List.of(texts);
    }

    static byte[] text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return littleEndian(8 + utf8.length).putLong(utf8.length).put(utf8).array();
    }

    private static GgufValue ints(int type, int[] values) {
        ByteBuffer out = littleEndian(12 + 4 * values.length).put(arrayHeader(type, values.length));
        for (int value : values) {
            out.putInt(value);
        }
        return new GgufValue(ARRAY, out.array());
    }

    private static byte[] arrayHeader(int elementType, int length) {
        return littleEndian(12).putInt(elementType).putLong(length).array();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
