package io.github.llamaffm.natives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** A real module, one of whose functions does something else than it should: the machine code at its beginning is overwritten. */
final class SpoiledModule {

    /** What the function does. */
    enum Code {
        /** An instruction that no processor has. */
        ILLEGAL("0f0b", "00000000"),
        /** Writes to address 0. */
        SEGV("31c0c60000", "000080d2000000f9"),
        /** Jumps to itself. */
        HANG("ebfe", "00000014"),
        /** Comes back at once. */
        NOTHING("c3", "c0035fd6");

        private final byte[] bytes;

        Code(String x86, String arm) {
            boolean isArm = System.getProperty("os.arch").equals("aarch64");
            bytes = HexFormat.of().parseHex(isArm ? arm : x86);
        }
    }

    private static final int DYNAMIC_SYMBOLS = 11;
    private static final int LOADED = 1;

    private final ByteBuffer elf;

    private SpoiledModule(byte[] bytes) {
        elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @param function that the module exports */
    static void copy(Path module, Path target, String function, Code code) throws IOException {
        SpoiledModule spoiled = new SpoiledModule(Files.readAllBytes(module));
        spoiled.elf.put(spoiled.offset(spoiled.address(function)), code.bytes);
        Files.write(target, spoiled.elf.array());
    }

    private int address(String function) {
        for (int i = 0; i < elf.getShort(60); i++) {
            int section = (int) elf.getLong(40) + i * elf.getShort(58);
            if (elf.getInt(section + 4) == DYNAMIC_SYMBOLS) {
                int names = (int) elf.getLong((int) elf.getLong(40) + elf.getInt(section + 40) * elf.getShort(58) + 24);
                int start = (int) elf.getLong(section + 24);
                for (int symbol = start; symbol < start + elf.getLong(section + 32); symbol += 24) {
                    if (isText(names + elf.getInt(symbol), function)) {
                        return (int) elf.getLong(symbol + 8);
                    }
                }
            }
        }
        throw new AssertionError("the module exports no " + function);
    }

    private boolean isText(int at, String text) {
        byte[] wanted = (text + '\0').getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < wanted.length; i++) {
            if (elf.get(at + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private int offset(int address) {
        for (int i = 0; i < elf.getShort(56); i++) {
            int segment = (int) elf.getLong(32) + i * elf.getShort(54);
            int start = (int) elf.getLong(segment + 16);
            if (elf.getInt(segment) == LOADED && address >= start && address < start + elf.getLong(segment + 32)) {
                return address - start + (int) elf.getLong(segment + 8);
            }
        }
        throw new AssertionError("the function lies in no segment");
    }
}
