package io.github.llamaffm.chat;

import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A part of a saved chat: a line with a name, the number of bytes and their CRC-32C, then the bytes, then the end of the line.
 *
 * @param text that the bytes spell
 * @param end where the next part begins
 */
record Section(String text, long end) {

    /** What is larger is no conversation that a model can hold. */
    static final int MOST_BYTES = 64 << 20;

    private static final Pattern LINE = Pattern.compile("([a-z]+) (\\d{1,8}) ([0-9a-f]{8})");
    private static final int LONGEST_LINE = 64;

    /** @throws ChatFileException if it is too long to be read again */
    static void write(StateSink sink, String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MOST_BYTES) {
            throw new ChatFileException("a %s of %d bytes is not saved: at most %d are".formatted(name, bytes.length, MOST_BYTES), null);
        }
        String line = "%s %d %08x\n".formatted(name, bytes.length, checksum(bytes));
        sink.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
        sink.write(ByteBuffer.wrap(bytes));
        sink.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }

    /** @throws ChatFileException if there is no such part, or not all of it */
    static Section read(StateSource source, long start, String name) throws IOException {
        String line = line(source, start);
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches() || !matcher.group(1).equals(name)) {
            throw new ChatFileException("has no %s at byte %d".formatted(name, start), null);
        }
        int length = Integer.parseInt(matcher.group(2));
        long from = start + line.length() + 1;
        if (length > MOST_BYTES || from + length + 1 > source.size()) {
            throw new ChatFileException("is cut off, or was changed: its %s of %d bytes begins at byte %d of %d"
                    .formatted(name, length, from, source.size()), null);
        }
        byte[] bytes = bytes(source, from, length);
        if (bytes(source, from + length, 1)[0] != '\n') {
            throw new ChatFileException("was changed or damaged: its %s does not end at byte %d".formatted(name, from + length), null);
        }
        if (checksum(bytes) != Integer.parseUnsignedInt(matcher.group(3), 16)) {
            throw new ChatFileException("was changed or damaged: the checksum of its %s is %08x, not %s"
                    .formatted(name, checksum(bytes), matcher.group(3)), null);
        }
        return new Section(new String(bytes, StandardCharsets.UTF_8), from + length + 1);
    }

    /** The text until the end of a line, or so much that there should have been one. */
    static String line(StateSource source, long start) throws IOException {
        int most = (int) Math.max(0, Math.min(LONGEST_LINE, source.size() - start));
        String text = new String(bytes(source, start, most), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    private static byte[] bytes(StateSource source, long start, int length) throws IOException {
        byte[] bytes = new byte[length];
        source.read(start, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static int checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }
}
