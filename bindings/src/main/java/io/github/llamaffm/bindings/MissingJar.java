package io.github.llamaffm.bindings;

import java.util.ArrayList;
import java.util.List;

/** What to say where no native jar fits this Java: the very dependency to add, or why there is none. */
final class MissingJar {

    private MissingJar() {}

    /** @param bundles those that were found */
    static Unusable of(Platform platform, List<NativeBundle> bundles) {
        return of(platform, platforms(bundles), platform.isMac() && Translation.isTranslated());
    }

    /** @param present platforms of the native jars that were found */
    static Unusable of(Platform platform, List<String> present, boolean translated) {
        String reason = "no native jar for " + platform + " on the class path or the module path"
                + (present.isEmpty() ? "" : ", only for " + String.join(", ", present));
        return new Unusable(reason, remedy(platform, present, translated));
    }

    private static List<String> platforms(List<NativeBundle> bundles) {
        List<String> platforms = new ArrayList<>();
        for (NativeBundle bundle : bundles) {
            if (!platforms.contains(bundle.platform())) {
                platforms.add(bundle.platform());
            }
        }
        return platforms;
    }

    private static String remedy(Platform platform, List<String> present, boolean translated) {
        if (platform.is32Bit()) {
            return "This is a Java for 32 bits: install a JDK 25 for 64 bits.";
        }
        if (!Platform.PUBLISHED.contains(platform.name())) {
            return "There are native jars for " + String.join(", ", Platform.PUBLISHED) + ". For " + platform
                    + ", build the libraries there (docs/build.md) and name their folder with LLAMAFFM_LIBRARY_PATH.";
        }
        if (translated) {
            return "This Mac has Apple silicon, and this is a Java for Intel that Rosetta translates: install a JDK 25 for "
                    + "aarch64, and add " + dependency("osx-aarch_64") + '.';
        }
        StringBuilder text = new StringBuilder();
        if (platform.isMusl()) {
            text.append("It is for the musl C library, as on Alpine Linux. ");
        }
        text.append("Add ").append(dependency(platform.name()));
        for (String other : present) {
            if (new Platform(other).system().equals(platform.system())) {
                text.append("; or start a Java for the processor that the jar for ").append(other).append(" is for");
            }
        }
        return text.append(". A jlink image needs its module too: --add-modules io.github.llamaffm.natives.cpu.")
                .append(platform.name().replace('-', '_')).append(" or --bind-services.").toString();
    }

    private static String dependency(String classifier) {
        String version = MissingJar.class.getPackage().getImplementationVersion();
        String wanted = version == null ? "VERSION" : version;
        return "to a Maven build: <dependency><groupId>io.github.llamaffm</groupId>"
                + "<artifactId>llama-ffm-native-cpu</artifactId><version>" + wanted + "</version><classifier>"
                + classifier + "</classifier><scope>runtime</scope></dependency>, or to a Gradle build: "
                + "runtimeOnly(\"io.github.llamaffm:llama-ffm-native-cpu:" + wanted + ':' + classifier + "\")";
    }
}
