package io.github.llamaffm.bindings;

import java.util.List;
import java.util.function.Supplier;

/**
 * Refuses libraries that the generated bindings were not made for.
 *
 * @param id             the ABI id of the bindings
 * @param table          their layouts, read only where ids differ
 * @param layoutIsEnough whether another id is accepted with equal layouts: for users who try a newer llama.cpp
 */
record AbiCheck(String id, Supplier<AbiTable> table, boolean layoutIsEnough) {

    private static final int MAX_DIFFERENCES = 5;

    /** Before anything is extracted or opened. */
    void requireIndexed(NativeSource source, LoadLog log) throws Unusable {
        String found = source.index().abiId();
        if (!found.equals(id) && !layoutIsEnough) {
            log.failed(source.name(), "ABI id " + found);
            throw otherId(found);
        }
    }

    /** What the library itself says. */
    void require(Core core, LoadLog log) throws Unusable {
        String found = core.abiId();
        if (found.equals(id)) {
            return;
        }
        if (!layoutIsEnough) {
            throw otherId(found);
        }
        List<String> differences = table.get().differences(AbiTable.parse(core.abiTable()));
        if (!differences.isEmpty()) {
            throw new Unusable(
                    "ABI id " + found + " instead of " + id + ", and " + differences.size() + " layouts differ: "
                            + String.join("; ", differences.subList(0, Math.min(MAX_DIFFERENCES, differences.size()))),
                    "Use native libraries and llama-ffm of one release.");
        }
        log.warn("-Dllamaffm.abi=layout accepted " + core.path() + " of ABI id " + found + " instead of " + id
                + ": its layouts are equal, its functions may behave differently");
    }

    private Unusable otherId(String found) {
        return new Unusable(
                "the native libraries have ABI id " + found + ", these bindings need " + id,
                "Use native libraries and llama-ffm of one release; to try other libraries whose structs are laid out alike, "
                        + "add -Dllamaffm.abi=layout.");
    }
}
