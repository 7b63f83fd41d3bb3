package io.github.llamaffm.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A GGUF file taken apart, to be put together again with anything in it. What it is told it writes: nothing is checked. */
final class GgufParts {

    static final int U32 = 4;
    static final int I32 = 5;
    static final int F32 = 6;
    static final int BOOL = 7;
    static final int TEXT = 8;
    static final int ARRAY = 9;
    static final int U64 = 10;

    /** Bytes of one value by {@code gguf_type}; 0: no fixed number. */
    private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /** A key with its value, as the file encodes it. */
    record Entry(String key, int type, byte[] value) {}

    /** A row of the tensor table. */
    record Info(String name, long[] shape, int type, long offset) {}

    final List<Entry> entries = new ArrayList<>();
    final List<Info> tensors = new ArrayList<>();
    byte[] data = {};
    int version = 3;
    /** Added to the numbers that the file names. */
    long moreEntries;
    long moreTensors;

    private GgufParts() {}

    /** Of a sound file. */
    static GgufParts parse(byte[] bytes) {
        GgufParts parts = new GgufParts();
        ByteBuffer in = littleEndian(bytes);
        in.position(8);
        long tensorCount = in.getLong();
        long entryCount = in.getLong();
        for (long i = 0; i < entryCount; i++) {
            String key = text(in);
            int type = in.getInt();
            int start = in.position();
            skip(in, type);
            parts.entries.add(new Entry(key, type, Arrays.copyOfRange(bytes, start, in.position())));
        }
        for (long i = 0; i < tensorCount; i++) {
            String name = text(in);
            long[] shape = new long[in.getInt()];
            Arrays.setAll(shape, _ -> in.getLong());
            parts.tensors.add(new Info(name, shape, in.getInt(), in.getLong()));
        }
        parts.data = Arrays.copyOfRange(bytes, Math.min(bytes.length, (in.position() + 31) / 32 * 32), bytes.length);
        return parts;
    }

    byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + (1 << 16));
        out.writeBytes(new byte[] {'G', 'G', 'U', 'F'});
        out.writeBytes(int32(version));
        out.writeBytes(int64(tensors.size() + moreTensors));
        out.writeBytes(int64(entries.size() + moreEntries));
        for (Entry entry : entries) {
            out.writeBytes(text(entry.key()));
            out.writeBytes(int32(entry.type()));
            out.writeBytes(entry.value());
        }
        for (Info tensor : tensors) {
            out.writeBytes(text(tensor.name()));
            out.writeBytes(int32(tensor.shape().length));
            for (long length : tensor.shape()) {
                out.writeBytes(int64(length));
            }
            out.writeBytes(int32(tensor.type()));
            out.writeBytes(int64(tensor.offset()));
        }
        out.writeBytes(new byte[-out.size() & 31]);
        out.writeBytes(data);
        return out.toByteArray();
    }

    /** Where the data would begin. */
    int headerLength() {
        byte[] saved = data;
        data = new byte[0];
        int length = toBytes().length;
        data = saved;
        return length;
    }

    String architecture() {
        return entries.stream().filter(entry -> entry.key().equals("general.architecture") && entry.type() == TEXT)
                .map(entry -> new String(entry.value(), 8, entry.value().length - 8, StandardCharsets.UTF_8))
                .findFirst().orElse("llama");
    }

    /** Indices of the entries whose key and type are of a kind. */
    int[] where(java.util.function.Predicate<Entry> kind) {
        return IntStream.range(0, entries.size()).filter(i -> kind.test(entries.get(i))).toArray();
    }

    static boolean isNumber(Entry entry) {
        return entry.type() < SIZES.length && SIZES[entry.type()] > 0;
    }

    static int size(int type) {
        return SIZES[type];
    }

    /** Of an array with elements that have a size. */
    static int elementSize(Entry entry) {
        return entry.type() == ARRAY && entry.value().length >= 12 ? SIZES[Math.floorMod(littleEndian(entry.value()).getInt(0), SIZES.length)] : 0;
    }

    static boolean isTexts(Entry entry) {
        return entry.type() == ARRAY && entry.value().length >= 12 && littleEndian(entry.value()).getInt(0) == TEXT;
    }

    /** Of an array of texts, which need not be UTF-8. */
    static List<byte[]> texts(Entry entry) {
        ByteBuffer in = littleEndian(entry.value()).position(4);
        List<byte[]> texts = new ArrayList<>();
        for (long left = in.getLong(); left > 0; left--) {
            byte[] bytes = new byte[(int) in.getLong()];
            in.get(bytes);
            texts.add(bytes);
        }
        return texts;
    }

    static Entry ofTexts(String key, List<byte[]> texts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(int32(TEXT));
        out.writeBytes(int64(texts.size()));
        for (byte[] bytes : texts) {
            out.writeBytes(int64(bytes.length));
            out.writeBytes(bytes);
        }
        return new Entry(key, ARRAY, out.toByteArray());
    }

    static Entry ofText(String key, String value) {
        return new Entry(key, TEXT, text(value));
    }

    /** A number as any type of number, cut to its size. */
    static byte[] number(int type, double value) {
        long integer = (long) value;
        return switch (type) {
            case F32 -> int32(Float.floatToRawIntBits((float) value));
            case 12 -> int64(Double.doubleToRawLongBits(value));
            default -> Arrays.copyOf(int64(integer), SIZES[type]);
        };
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    static byte[] int64(long value) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    }

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(8 + bytes.length).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).put(bytes).array();
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[(int) in.getLong()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void skip(ByteBuffer in, int type) {
        switch (type) {
            case TEXT -> {
                int length = (int) in.getLong();
                in.position(in.position() + length);
            }
            case ARRAY -> {
                int element = in.getInt();
                for (long left = in.getLong(); left > 0; left--) {
                    skip(in, element);
                }
            }
            default -> in.position(in.position() + SIZES[type]);
        }
    }
}
