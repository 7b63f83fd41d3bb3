package io.github.llamaffm.bindings;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The head of a library file: ELF (Linux), PE (Windows) or Mach-O (macOS). */
final class LibraryHeader {

    private static final int BYTES = 4096;

    private LibraryHeader() {}

    /** The processor that a library was built for, in the spelling of {@link Platform}; empty where that cannot be told. */
    static String machine(Path library) {
        byte[] head;
        try (InputStream in = new FileInputStream(library.toFile())) {
            head = in.readNBytes(BYTES);
        } catch (IOException _) {
            return "";
        }
        if (head.length < 64) {
            return "";
        }
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        return switch (bytes.getInt(0)) {
            case 0x464c457f -> elf(bytes);
            case 0xfeedfacf -> machO(bytes.getInt(4));
            default -> head[0] == 'M' && head[1] == 'Z' ? pe(bytes, bytes.getInt(60)) : "";
        };
    }

    private static String elf(ByteBuffer bytes) {
        // e_machine, in the byte order that e_ident names.
        return switch (bytes.order(bytes.get(5) == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).getShort(18)) {
            case 3 -> "x86_32";
            case 21 -> "ppc64";
            case 22 -> "s390";
            case 40 -> "arm_32";
            case 62 -> "x86_64";
            case 183 -> "aarch_64";
            case 243 -> "riscv64";
            default -> "";
        };
    }

    private static String machO(int cpuType) {
        return switch (cpuType) {
            case 0x01000007 -> "x86_64";
            case 0x0100000c -> "aarch_64";
            default -> "";
        };
    }

    private static String pe(ByteBuffer bytes, int start) {
        if (start < 0 || start > bytes.limit() - 6 || bytes.getInt(start) != 0x4550) {
            return "";
        }
        return switch (bytes.getShort(start + 4) & 0xffff) {
            case 0x14c -> "x86_32";
            case 0x8664 -> "x86_64";
            case 0xaa64 -> "aarch_64";
            default -> "";
        };
    }
}
