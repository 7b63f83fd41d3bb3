package io.github.llamaffm.bindings;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** From the system's reason to the next thing to do. */
final class Diagnosis {

    private static final String MISSING = ": cannot open shared object file";

    private Diagnosis() {}

    /** No native jar for this platform is on the class path or the module path. */
    static Unusable noNativeJar(Platform platform) {
        String reason = "no native jar for " + platform + " on the class path or the module path";
        if (platform.isMusl()) {
            return new Unusable(
                    reason,
                    "This Java runs on the musl C library (Alpine Linux), for which there is no native jar yet. Use an "
                            + "image with glibc, such as Debian's, or build the libraries there and name their folder with "
                            + "LLAMAFFM_LIBRARY_PATH.");
        }
        if (platform.name().equals("osx-x86_64")) {
            return new Unusable(
                    reason,
                    "On a Mac with Apple silicon this is a Java for Intel that runs under Rosetta: install one for aarch64. "
                            + "On an Intel Mac, build the libraries and name their folder with LLAMAFFM_LIBRARY_PATH.");
        }
        String version = Diagnosis.class.getPackage().getImplementationVersion();
        String wanted = version == null ? "VERSION" : version;
        return new Unusable(
                reason,
                "Add to a Maven build: <dependency><groupId>io.github.llamaffm</groupId>"
                        + "<artifactId>llama-ffm-native-cpu</artifactId><version>" + wanted + "</version><classifier>"
                        + platform + "</classifier><scope>runtime</scope></dependency>, or to a Gradle build: "
                        + "runtimeOnly(\"io.github.llamaffm:llama-ffm-native-cpu:" + wanted + ':' + platform + "\").");
    }

    /** The JDK refused a restricted method. */
    static Unusable nativeAccessDenied(Module module, IllegalCallerException e) {
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return new Unusable(
                "Java denies native access: " + e.getMessage(),
                "Start Java with --enable-native-access=" + name
                        + (module.isNamed() ? "." : ", or start a jar whose manifest says Enable-Native-Access: ALL-UNNAMED."));
    }

    /**
     * The system refused to open a library.
     *
     * @param reason what the system says
     */
    static Unusable notOpened(Path library, String reason, Platform platform, Mounts mounts) {
        String bare = after(library + ": ", reason);
        return new Unusable(library + " cannot be opened: " + bare, remedy(library, bare, platform, mounts));
    }

    /**
     * The core library refused a module.
     *
     * @param error what it says, with the lines of llama.cpp's log
     */
    static Unusable notLoaded(Path module, String error, Platform platform, Mounts mounts) {
        String reason = after(module + ": ", after("failed to load " + module + ": ", error)).strip();
        return new Unusable(reason, remedy(module, reason, platform, mounts));
    }

    private static String after(String prefix, String text) {
        int start = text.indexOf(prefix);
        return start < 0 ? text : text.substring(start + prefix.length());
    }

    private static String remedy(Path library, String reason, Platform platform, Mounts mounts) {
        String builtFor = machine(library);
        if (!builtFor.isEmpty() && !platform.name().contains(builtFor)) {
            return "The library is built for " + builtFor + ", this Java runs on " + platform
                    + ": use the libraries for " + platform + '.';
        }
        if (platform.isMusl()) {
            return "This Java runs on the musl C library (Alpine Linux), and a library built for glibc does not open there: "
                    + "use an image with glibc, such as Debian's.";
        }
        if (MemoryFile.isPath(library)) {
            return "This system refuses code from memory: unpack the libraries when the image is built, with the main class "
                    + Natives.class.getName() + ", and name their folder with LLAMAFFM_LIBRARY_PATH.";
        }
        if (mounts.noexec(library.getParent())) {
            return library.getParent() + " is on a file system that is mounted noexec: name a folder on another one.";
        }
        int missing = reason.indexOf(MISSING);
        if (missing >= 0) {
            String soname = reason.substring(Math.max(reason.lastIndexOf(' ', missing), 0), missing).strip();
            return soname.contains("llamaffm-")
                    ? "The core library is not there or has another ABI id: use native libraries of one build."
                    : "Install the package that holds " + soname + packageOf(soname) + '.';
        }
        if (reason.contains("version `GLIBC")) {
            return "The library was built for a newer system than this one: use the released native jar, or build the "
                    + "libraries on this system.";
        }
        if (reason.contains("symbol") && (reason.contains("libcudart.so.") || reason.contains("libcublas.so."))) {
            return "The CUDA run-time libraries are older than those that the module was built with: install newer ones of "
                    + "the same major version.";
        }
        if (reason.contains("undefined symbol: cu")) {
            return "NVIDIA's driver is older than this module needs: update it.";
        }
        if (reason.contains("undefined symbol")) {
            return "The library belongs to another build of the core library: use native libraries of one build.";
        }
        return "";
    }

    // Debian's names, and in words where the name differs much between systems.
    private static String packageOf(String soname) {
        if (soname.startsWith("libstdc++.")) {
            return " (Debian, Ubuntu: libstdc++6; Fedora: libstdc++)";
        } else if (soname.startsWith("libgcc_s.")) {
            return " (Debian, Ubuntu: libgcc-s1; Fedora: libgcc)";
        } else if (soname.startsWith("libgomp.")) {
            return " (Debian, Ubuntu: libgomp1; Fedora: libgomp)";
        } else if (soname.startsWith("libvulkan.")) {
            return " (Debian, Ubuntu: libvulkan1; Fedora: vulkan-loader)";
        } else if (soname.startsWith("libcuda.")) {
            return " (it comes with NVIDIA's driver)";
        } else if (soname.startsWith("libcudart.") || soname.startsWith("libcublas")) {
            return " (it comes with the CUDA toolkit of that version)";
        }
        return "";
    }

    /** What an ELF file was built for, in the spelling of {@link Platform}; empty for any other file. */
    static String machine(Path library) {
        byte[] header;
        try (InputStream in = new FileInputStream(library.toFile())) {
            header = in.readNBytes(20);
        } catch (IOException _) {
            return "";
        }
        if (header.length < 20 || header[0] != 0x7f || header[1] != 'E' || header[2] != 'L' || header[3] != 'F') {
            return "";
        }
        // e_machine, in the byte order that e_ident names.
        int low = header[5] == 1 ? header[18] & 0xff : header[19] & 0xff;
        return switch (low) {
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
}
