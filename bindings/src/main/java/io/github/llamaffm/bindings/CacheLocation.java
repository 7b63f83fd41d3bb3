package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A place where libraries from jars could be extracted.
 *
 * @param origin why it is considered
 * @param folder absolute
 * @param named  whether the user named it: then no other one is tried
 */
record CacheLocation(String origin, Path folder, boolean named) {

    private static final String NAME = "llama-ffm";

    /** The places to try, in order. */
    static List<CacheLocation> candidates(
            LoaderSettings settings,
            Platform platform,
            UnaryOperator<String> properties,
            UnaryOperator<String> environment)
            throws Unusable {
        if (settings.cacheDirectory().isPresent()) {
            LoaderSettings.Named named = settings.cacheDirectory().get();
            return List.of(new CacheLocation(named.origin(), named.path(), true));
        }
        List<CacheLocation> locations = new ArrayList<>();
        String home = properties.apply("user.home");
        if (platform.isWindows()) {
            add(locations, "%LOCALAPPDATA%", environment.apply("LOCALAPPDATA"), NAME);
        } else if (platform.isMac()) {
            add(locations, "the user's cache", home, "Library/Caches/" + NAME);
        } else {
            int before = locations.size();
            add(locations, "XDG_CACHE_HOME", environment.apply("XDG_CACHE_HOME"), NAME);
            if (locations.size() == before) {
                add(locations, "the user's cache", home, ".cache/" + NAME);
            }
        }
        String user = properties.apply("user.name");
        add(locations, "java.io.tmpdir", properties.apply("java.io.tmpdir"), NAME + '-' + plain(user));
        return List.copyOf(locations);
    }

    /**
     * Makes the folder, where it does not exist, for this user only, and checks it.
     *
     * @return the folder with all links above it resolved
     */
    Path prepare(Ownership ownership, Mounts mounts) throws Unusable {
        try {
            createPrivate(folder);
            ownership.requireFolder(folder);
            Path real = folder.toRealPath();
            if (mounts.noexec(real)) {
                throw new Unusable("it is on a file system that is mounted noexec");
            }
            return real;
        } catch (IOException e) {
            throw Unusable.because("it cannot be created", e);
        }
    }

    /** Creates a folder, and those above it, that nobody else may enter; leaves an existing one as it is. */
    static void createPrivate(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null && !Files.exists(parent)) {
            createPrivate(parent);
        }
        try {
            Files.createDirectory(folder, privateAttributes("rwx------"));
        } catch (FileAlreadyExistsException _) {
            // Another process was faster. Whether it may be used is checked in any case.
        }
    }

    static FileAttribute<?>[] privateAttributes(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    // A relative or missing base, such as the home "?" of a user that the system does not know, is nobody's place.
    private static void add(List<CacheLocation> locations, String origin, String base, String name) {
        if (base != null && !base.isEmpty() && Path.of(base).isAbsolute()) {
            locations.add(new CacheLocation(origin, Path.of(base).resolve(name), false));
        }
    }

    private static String plain(String user) {
        StringBuilder name = new StringBuilder();
        for (char c : (user == null ? "" : user).toCharArray()) {
            name.append(Character.isLetterOrDigit(c) || c == '.' || c == '-' ? c : '_');
        }
        return name.toString();
    }
}
