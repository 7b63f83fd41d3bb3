package io.github.llamaffm.bindings;

import java.lang.foreign.SymbolLookup;

/**
 * The native library of this class loader: found, checked and opened on first use, and open for as long as the process
 * lives. May be used from any thread.
 *
 * <p>Where the libraries come from, in this order; the first that is present is used, or fails:
 * <ol>
 *   <li>the folder that the system property {@code llamaffm.library.path} names, or several: the first has the core
 *       library, the others have modules for it;
 *   <li>those that the environment variable {@code LLAMAFFM_LIBRARY_PATH} names;
 *   <li>a {@link NativeBundle} on the module path or the class path. Its files are opened where they are, if they are
 *       files, and otherwise extracted to a cache: {@code llamaffm.cache.dir}, {@code LLAMAFFM_CACHE_DIR}, the user's
 *       cache folder, or a private folder under {@code java.io.tmpdir}. Bundles of other backends than the CPU bring
 *       modules, which {@link #loadGpuModules} loads.
 * </ol>
 *
 * <p>Every method throws {@link NativeLoadException}, always with the same message, where the library cannot be used.
 */
public final class NativeLibrary {

    private static final Object LOCK = new Object();

    private static volatile Loader.Loaded loaded;
    private static NativeLoadException failure;

    private NativeLibrary() {}

    /** The functions of the core library, which the generated bindings look up. */
    public static SymbolLookup lookup() {
        return loaded().core().symbols();
    }

    /** What was loaded, and why each other candidate was not. */
    public static LoadReport report() {
        return loaded().report();
    }

    /**
     * Says from which level on native log lines are kept; {@link LogLevel#WARN} at first. Calls {@code lf_init}.
     */
    public static void keepLogs(LogLevel level) {
        Loader.setLogLevel(loaded().core(), level);
    }

    /**
     * Loads the modules of the GPU backends that were found, or of those that the system property {@code
     * llamaffm.backends} names, such as {@code cuda,vulkan}. One that does not load is no failure: {@link #report()} says
     * why. Of several modules for CUDA the newest is taken that the driver can run; its run-time libraries are looked for
     * in {@code llamaffm.cuda.path} or {@code LLAMAFFM_CUDA_PATH}, then in their usual places. Later calls do nothing.
     */
    public static void loadGpuModules() {
        if (!loaded().gpuModulesLoaded()) {
            synchronized (LOCK) {
                if (!loaded.gpuModulesLoaded()) {
                    loaded = Loader.loadGpuModules(loaded);
                }
            }
        }
    }

    /** How many devices there are; 1: the CPU alone. Costs less than to list them. Calls {@code lf_devices}. */
    public static long deviceCount() {
        return loaded().core().deviceCount();
    }

    /**
     * Loads the module that connects to RPC servers, which is the only code here that opens a connection. Later calls do
     * nothing.
     *
     * @throws NativeLoadException if there is none or it does not load
     */
    public static void loadRpcModule() {
        loaded();
        synchronized (LOCK) {
            loaded = Loader.loadRpcModule(loaded);
        }
    }

    private static Loader.Loaded loaded() {
        Loader.Loaded current = loaded;
        return current != null ? current : load();
    }

    // The failure is kept here, not in a static initialiser: there a second caller would get a NoClassDefFoundError that
    // hides it.
    private static Loader.Loaded load() {
        synchronized (LOCK) {
            if (loaded == null) {
                if (failure != null) {
                    throw new NativeLoadException(failure.getMessage(), failure.candidates(), failure);
                }
                try {
                    loaded = Loader.load();
                } catch (NativeLoadException e) {
                    failure = e;
                    throw e;
                }
            }
            return loaded;
        }
    }
}
