package io.github.llamaffm.bindings;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the system's reason to the next thing to do. */
final class Diagnosis {

    /** As glibc, musl and macOS say it. */
    private static final List<Pattern> MISSING = List.of(
            Pattern.compile("(\\S+): cannot open shared object file"),
            Pattern.compile("Error loading shared library (\\S+): No such file"),
            Pattern.compile("Library not loaded: (?:@rpath/)?(\\S+)"));

    /** As musl says it. */
    private static final Pattern MISSING_OF_CORE = Pattern.compile("\\b(?:lf|llama|ggml|gguf)_\\w+: symbol not found");

    private Diagnosis() {}

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
        String builtFor = LibraryHeader.machine(library);
        if (!builtFor.isEmpty() && !platform.name().contains(builtFor)) {
            return "The library is built for " + builtFor + ", this Java runs on " + platform
                    + ": use the libraries for " + platform + '.';
        }
        if (needsOtherLibc(reason, platform)) {
            return "The library is built for the " + (platform.isMusl() ? "glibc" : "musl") + " C library, this Java runs on " + platform
                    + ": use the libraries for " + platform + '.';
        }
        if (!MemoryFile.isPath(library) && mounts.noexec(library.getParent())) {
            return library.getParent() + " is on a file system that is mounted noexec: name a folder on another one.";
        }
        String soname = missing(reason);
        if (!soname.isEmpty()) {
            return soname.contains("llamaffm-")
                    ? "The core library is not there or has another ABI id: use native libraries of one build."
                    : "Install the package that holds " + soname + packageOf(soname) + '.';
        }
        if (platform.isMac() && reason.contains("code signature")) {
            return "macOS refuses its signature, as it does for a file that was changed or downloaded by a browser: fetch it "
                    + "again, or run: xattr -d com.apple.quarantine '" + library + "'";
        }
        if (platform.isWindows() && reason.startsWith("error 126")) {
            return String.valueOf(library.getFileName()).contains("vulkan")
                    ? "If it is there, vulkan-1.dll is not: it comes with the graphics card's driver, install or update that."
                    : "If it is there, a library that it needs is not: use native libraries of one build, on Windows 10 or newer.";
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
        if (reason.contains("undefined symbol") || MISSING_OF_CORE.matcher(reason).find()) {
            return "The library belongs to another build of the core library: use native libraries of one build.";
        }
        if (MemoryFile.isPath(library)) {
            return "This system refuses code from memory: unpack the libraries when the image is built, with the main class "
                    + Natives.class.getName() + ", and name their folder with LLAMAFFM_LIBRARY_PATH.";
        }
        return "";
    }

    private static boolean needsOtherLibc(String reason, Platform platform) {
        return platform.isMusl()
                ? reason.contains("ld-linux") || reason.contains("libc.so.6")
                        || reason.contains("symbol not found") && !MISSING_OF_CORE.matcher(reason).find()
                : reason.contains("libc.musl-") || reason.contains("libc.so:");
    }

    /** The library that another one needs and that the system does not find; empty for any other reason. */
    private static String missing(String reason) {
        for (Pattern pattern : MISSING) {
            Matcher matcher = pattern.matcher(reason);
            if (matcher.find()) {
                return matcher.group(1);
            }
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
}
