package io.github.llamaffm.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a 64-bit little-endian ELF library tells the dynamic linker.
 *
 * @param soname   its own name
 * @param needed   names of the libraries that it needs
 * @param exports  symbols that it defines for others
 * @param imports  symbols that it takes from others
 */
public record ElfFile(String soname, List<String> needed, Set<String> exports, Set<String> imports) {
    private static final int DYNAMIC = 6;
    private static final int DYNSYM = 11;
    private static final long NEEDED = 1;
    private static final long SONAME = 14;

    /** A section: where its bytes are, and the section that holds its strings. */
    private record Section(int type, int link, int offset, int size) {
    }

    public static ElfFile read(Path file) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (elf.getInt(0) != 0x464C457F || elf.get(4) != 2 || elf.get(5) != 1) {
            throw new IOException(file + " is not a 64-bit little-endian ELF file");
        }
        var sections = new ArrayList<Section>();
        for (int i = 0; i < elf.getShort(60); i++) {
            int header = Math.toIntExact(elf.getLong(40)) + i * elf.getShort(58);
            sections.add(new Section(elf.getInt(header + 4), elf.getInt(header + 40),
                    Math.toIntExact(elf.getLong(header + 24)), Math.toIntExact(elf.getLong(header + 32))));
        }

        String soname = "";
        var needed = new ArrayList<String>();
        var exports = new TreeSet<String>();
        var imports = new TreeSet<String>();
        for (Section section : sections) {
            int end = section.offset + section.size;
            if (section.type == DYNAMIC) {
                for (int at = section.offset; at < end; at += 16) {
                    if (elf.getLong(at) == NEEDED) {
                        needed.add(string(elf, sections.get(section.link), elf.getLong(at + 8)));
                    } else if (elf.getLong(at) == SONAME) {
                        soname = string(elf, sections.get(section.link), elf.getLong(at + 8));
                    }
                }
            } else if (section.type == DYNSYM) {
                // The first symbol is a null entry.
                for (int at = section.offset + 24; at < end; at += 24) {
                    String name = string(elf, sections.get(section.link), elf.getInt(at));
                    boolean undefined = elf.getShort(at + 6) == 0;
                    (undefined ? imports : exports).add(name);
                }
            }
        }
        return new ElfFile(soname, List.copyOf(needed), exports, imports);
    }

    private static String string(ByteBuffer elf, Section strings, long index) {
        int start = strings.offset + Math.toIntExact(index);
        int end = start;
        while (elf.get(end) != 0) {
            end++;
        }
        return StandardCharsets.UTF_8.decode(elf.slice(start, end - start)).toString();
    }
}
