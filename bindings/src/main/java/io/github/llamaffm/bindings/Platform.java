package io.github.llamaffm.bindings;

import java.lang.foreign.Linker;
import java.util.List;
import java.util.Locale;

/**
 * An operating system, a processor and a C library, in the spelling of our jars' classifiers.
 *
 * @param name such as {@code linux-x86_64}, {@code linux-x86_64-musl}, {@code osx-aarch_64}
 */
record Platform(String name) {

    /** Those that there are native jars for. */
    static final List<String> PUBLISHED = List.of(
            "linux-x86_64", "linux-aarch_64", "linux-x86_64-musl", "linux-aarch_64-musl", "windows-x86_64", "windows-aarch_64",
            "osx-aarch_64", "osx-x86_64");

    static Platform current(ProcessMaps maps) {
        String os = System.getProperty("os.name", "");
        return of(os, System.getProperty("os.arch", ""), os.equals("Linux") && (maps.musl() || !hasGlibc()));
    }

    // Asked of the C library that this JVM runs on: files of another one may lie on the same machine, and where /proc is not
    // mounted nothing else tells. Also of a glibc program that musl runs through a layer it is there, so maps come first.
    private static boolean hasGlibc() {
        return Linker.nativeLinker().defaultLookup().find("gnu_get_libc_version").isPresent();
    }

    static Platform of(String osName, String osArch, boolean musl) {
        String os = osName.toLowerCase(Locale.ROOT);
        String system = os.startsWith("linux") ? "linux"
                : os.startsWith("mac") ? "osx"
                : os.startsWith("windows") ? "windows"
                : os.replace(' ', '_');
        String arch = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x86-64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch_64";
            case "x86", "i386", "i486", "i586", "i686" -> "x86_32";
            case "arm", "arm32" -> "arm_32";
            case String other -> other;
        };
        return new Platform(system + '-' + arch + (musl ? "-musl" : ""));
    }

    boolean isMac() {
        return name.startsWith("osx-");
    }

    boolean isWindows() {
        return name.startsWith("windows-");
    }

    boolean isMusl() {
        return name.endsWith("-musl");
    }

    /** Whether a Java of 32 bits runs here: no version of llama-ffm supports one. */
    boolean is32Bit() {
        return name.contains("x86_32") || name.contains("arm_32");
    }

    /** The system and its C library, whatever the processor. */
    String system() {
        return name.split("-", 2)[0] + (isMusl() ? "-musl" : "");
    }

    @Override
    public String toString() {
        return name;
    }
}
