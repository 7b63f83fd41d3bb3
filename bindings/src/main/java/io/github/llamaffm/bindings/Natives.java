package io.github.llamaffm.bindings;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command for builders of images: {@code java -cp … io.github.llamaffm.bindings.Natives unpack DIR [PLATFORM]} writes
 * the libraries of the native jar for a platform into a folder, and those of its further native jars into folders in it, one
 * for each backend. It prints what it wrote, and what to set at run time: {@code LLAMAFFM_LIBRARY_PATH}, and {@code
 * LLAMAFFM_CUDA_PATH} where CUDA's run-time libraries are among them. Then nothing is extracted at start, and the root file
 * system may be read-only.
 *
 * <p>Exit codes: 0 done, also where the folder holds these libraries already; 1 failure, with one line on stderr; 2 usage.
 */
public final class Natives {

    private Natives() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param args {@code unpack}, the folder to write, and the platform where it is not that of this JVM
     */
    public static void main(String[] args) {
        System.exit(run(args, Bundles.find(new LoadLog()), System.out, System.err));
    }

    static int run(String[] args, List<NativeBundle> bundles, PrintStream out, PrintStream err) {
        if (args.length < 2 || args.length > 3 || !args[0].equals("unpack")) {
            err.println("Usage: " + Natives.class.getName() + " unpack DIR [PLATFORM]");
            return 2;
        }
        String platform = args.length == 3 ? args[2] : Platform.current(ProcessMaps.current()).name();
        try {
            Path folder = Path.of(args[1]).toAbsolutePath().normalize();
            List<Path> libraries = new ArrayList<>();
            List<Path> cuda = new ArrayList<>();
            unpack(bundleFor(platform, bundles), folder, out);
            libraries.add(folder);
            for (NativeBundle bundle : bundles) {
                if (bundle.platform().equals(platform) && !bundle.backend().equals(NativeSource.CORE_BACKEND)) {
                    Path further = folder.resolve(bundle.backend());
                    unpack(bundle, further, out);
                    (ModuleSources.hasModules(bundle, platform) ? libraries : cuda).add(further);
                }
            }
            out.println("Run with LLAMAFFM_LIBRARY_PATH=" + joined(libraries));
            if (!cuda.isEmpty()) {
                out.println("and with LLAMAFFM_CUDA_PATH=" + joined(cuda));
            }
            return 0;
        } catch (Unusable e) {
            err.println("llama-ffm: " + e.getMessage() + (e.remedy().isEmpty() ? "" : ". " + e.remedy()));
        } catch (InvalidPathException e) {
            err.println("llama-ffm: " + e.getMessage());
        }
        return 1;
    }

    private static String joined(List<Path> folders) {
        return String.join(File.pathSeparator, folders.stream().map(Path::toString).toList());
    }

    private static NativeBundle bundleFor(String platform, List<NativeBundle> bundles) throws Unusable {
        for (NativeBundle bundle : bundles) {
            if (bundle.platform().equals(platform) && bundle.backend().equals(NativeSource.CORE_BACKEND)) {
                return bundle;
            }
        }
        throw MissingJar.of(new Platform(platform), bundles);
    }

    private static void unpack(NativeBundle bundle, Path folder, PrintStream out) throws Unusable {
        PackedNatives natives = PackedNatives.of(bundle);
        try {
            Files.createDirectories(folder);
            boolean written = isEmpty(folder);
            if (written) {
                natives.unpack(folder);
            } else if (!NativeIndex.read(folder).equals(natives.index())) {
                throw new Unusable(folder + " is not empty and holds other native libraries", "Name an empty folder.");
            }
            NativeSource.InPlace.of(folder.toString(), folder);
            out.println(folder + (written ? ": wrote " : ": holds already ") + natives.index().files().size() + " files for "
                    + bundle.platform() + ' ' + bundle.backend() + ", " + natives.index().bytes() / 1_000_000 + " MB");
        } catch (IOException e) {
            throw Unusable.because(folder + " cannot be written", e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            return !entries.iterator().hasNext();
        }
    }
}
