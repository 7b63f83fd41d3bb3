package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The head of a library file: ELF (Linux), PE (Windows) or Mach-O (macOS). */
final class LibraryHeader {

    /** Of a file, what is enough to tell. */
    static final int BYTES = 4096;

    private static final int ELF = 0x464c457f;
    private static final int LOADED = 1;

    private LibraryHeader() {}

    /**
     * Says no to a library that the system would refuse, or would end the process over: what is missing at the end of a file is a bus error when it is
     * used.
     *
     * @param head the first bytes
     * @param size of the whole file
     */
    static void require(byte[] head, long size, Platform platform) throws Unusable {
        String machine = machine(head);
        if (machine.isEmpty()) {
            throw new Unusable("it is damaged: its first bytes are those of no library", "Fetch it again.");
        }
        if (!platform.name().contains(machine)) {
            throw new Unusable("it is built for " + machine + ", this Java runs on " + platform, "Use the library for " + platform + '.');
        }
        long needed = end(ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN));
        if (size < needed) {
            throw new Unusable("it is cut short: it has " + size + " bytes, its header tells of " + needed, "Fetch it again.");
        }
    }

    /** Where the last byte lies that the system loads; 0 for other than ELF of 64 bits. */
    private static long end(ByteBuffer bytes) {
        long end = 0;
        if (bytes.getInt(0) == ELF && bytes.get(4) == 2) {
            // e_phoff, e_phentsize, e_phnum; of each p_type, p_offset, p_filesz
            long segment = bytes.getLong(32);
            for (int i = 0; i < bytes.getShort(56) && segment >= 0 && segment <= bytes.limit() - 40; i++) {
                if (bytes.getInt((int) segment) == LOADED) {
                    end = Math.max(end, bytes.getLong((int) segment + 8) + bytes.getLong((int) segment + 32));
                }
                segment += bytes.getShort(54);
            }
        }
        return end;
    }

    /** The processor that a library was built for, in the spelling of {@link Platform}; empty where that cannot be told. */
    static String machine(Path library) {
        try {
            return machine(Bytes.head(library, BYTES));
        } catch (IOException _) {
            return "";
        }
    }

    private static String machine(byte[] head) {
        if (head.length < 64) {
            return "";
        }
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        return switch (bytes.getInt(0)) {
            case ELF -> elf(bytes);
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
