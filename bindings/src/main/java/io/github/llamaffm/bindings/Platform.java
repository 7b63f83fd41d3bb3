package io.github.llamaffm.bindings;

import java.util.Locale;

/**
 * An operating system, a processor and a C library, in the spelling of our jars' classifiers.
 *
 * @param name such as {@code linux-x86_64}, {@code linux-x86_64-musl}, {@code osx-aarch_64}
 */
record Platform(String name) {

    static Platform current(ProcessMaps maps) {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""), maps.musl());
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

    @Override
    public String toString() {
        return name;
    }
}
