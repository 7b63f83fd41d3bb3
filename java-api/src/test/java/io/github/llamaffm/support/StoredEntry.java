package io.github.llamaffm.support;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Entries of a jar that are not compressed, as models in jars have to be. */
public final class StoredEntry {
    private StoredEntry() {
    }

    /** Writes one behind those that are there. */
    public static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        put(zip, name, bytes, new byte[0]);
    }

    /** With an extra field in front of its bytes. */
    public static void put(ZipOutputStream zip, String name, byte[] bytes, byte[] extra) throws IOException {
        var crc = new CRC32();
        crc.update(bytes);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        entry.setExtra(extra);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
