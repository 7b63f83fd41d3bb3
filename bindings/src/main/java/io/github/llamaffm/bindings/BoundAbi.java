package io.github.llamaffm.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;

/**
 * What the generated bindings of this jar were made for. Read from resources of this module at each call; needs no native
 * library.
 */
public final class BoundAbi {
    private BoundAbi() {
    }

    /**
     * The id of the ABI: 12 hexadecimal digits over llama.cpp's tree, the bound headers and the shim header. A library fits
     * for certain if {@code lf_abi_id} returns the same.
     *
     * @return the id
     */
    public static String id() {
        var lock = new Properties();
        try {
            lock.load(new StringReader(resource("bindings.lock")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lock.getProperty("abi.id");
    }

    /**
     * The layouts and constants that the generated classes assume.
     *
     * @return the table
     */
    public static AbiTable table() {
        return AbiTable.parse(resource("abi-table.txt"));
    }

    /**
     * The C functions that the generated classes call.
     *
     * @return their names, sorted
     */
    public static List<String> symbols() {
        return resource("symbols.txt").lines().toList();
    }

    private static String resource(String name) {
        try (InputStream in = BoundAbi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing beside " + BoundAbi.class.getName()
                        + ": this llama-ffm-bindings jar is incomplete");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
