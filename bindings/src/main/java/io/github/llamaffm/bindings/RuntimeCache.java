package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The cache folder of this user, for other things than libraries. The same places in the same order as for those: {@code
 * llamaffm.cache.dir}, {@code LLAMAFFM_CACHE_DIR}, the user's cache folder, a private folder under {@code java.io.tmpdir}.
 */
public final class RuntimeCache {

    private RuntimeCache() {}

    /**
     * A folder in the first place that can be used, made where it does not exist. Nobody else may write to it.
     *
     * @param name of the folder, such as {@code models}
     * @throws IOException if no place can be used, with the reason of each
     */
    public static Path folder(String name) throws IOException {
        StringBuilder reasons = new StringBuilder();
        try {
            Ownership ownership = Ownership.ofThisProcess();
            Platform platform = Platform.current(ProcessMaps.current());
            for (CacheLocation location : CacheLocation.candidates(
                    LoaderSettings.current(), platform, System::getProperty, System::getenv)) {
                try {
                    // Nothing in it is executed: noexec does not matter.
                    Path folder = location.prepare(ownership, Mounts.parse("")).resolve(name);
                    CacheLocation.createPrivate(folder);
                    ownership.requireFolder(folder);
                    return folder;
                } catch (Unusable e) {
                    reasons.append("; ").append(location.folder()).append(": ").append(e.getMessage());
                } catch (IOException e) {
                    // It is there already, and nothing can be added to it.
                    reasons.append("; ").append(Unusable.because(location.folder() + " cannot be written", e).getMessage());
                }
            }
        } catch (Unusable e) {
            reasons.append("; ").append(e.getMessage());
        }
        throw new IOException("no cache folder can be used" + reasons
                + "; name one that is yours alone with -Dllamaffm.cache.dir or LLAMAFFM_CACHE_DIR");
    }
}
