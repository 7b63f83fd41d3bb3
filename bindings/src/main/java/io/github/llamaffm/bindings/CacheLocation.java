package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A place where libraries from jars could be extracted.
 *
 * @param origin why it is considered
 * @param folder as it was given; may be no path at all
 * @param named  whether the user named it: then no other one is tried
 */
record CacheLocation(String origin, String folder, boolean named) {

    private static final String NAME = "llama-ffm";

    /** The places to try, in order. */
    static List<CacheLocation> candidates(
            LoaderSettings settings,
            Platform platform,
            UnaryOperator<String> properties,
            UnaryOperator<String> environment) {
        if (settings.cacheDirectory().isPresent()) {
            LoaderSettings.Named named = settings.cacheDirectory().get();
            return List.of(new CacheLocation(named.origin(), named.value(), true));
        }
        String home = properties.apply("user.home");
        String temporary = properties.apply("java.io.tmpdir") + '/' + NAME + '-' + user(properties.apply("user.name"));
        return List.of(
                userCache(platform, home, environment), new CacheLocation("java.io.tmpdir", temporary, false));
    }

    private static CacheLocation userCache(Platform platform, String home, UnaryOperator<String> environment) {
        if (platform.isWindows()) {
            String local = environment.apply("LOCALAPPDATA");
            return local != null && !local.isEmpty()
                    ? new CacheLocation("LOCALAPPDATA", local + '/' + NAME, false)
                    : new CacheLocation("user cache", home + "/AppData/Local/" + NAME, false);
        }
        if (platform.isMac()) {
            return new CacheLocation("user cache", home + "/Library/Caches/" + NAME, false);
        }
        String xdg = environment.apply("XDG_CACHE_HOME");
        // The specification says to ignore a relative one.
        return xdg != null && xdg.startsWith("/")
                ? new CacheLocation("XDG_CACHE_HOME", xdg + '/' + NAME, false)
                : new CacheLocation("user cache", home + "/.cache/" + NAME, false);
    }

    /**
     * Makes the folder, where it does not exist, for this user only, and checks it.
     *
     * @return the folder with all links above it resolved
     */
    Path prepare(Ownership ownership, Mounts mounts) throws Unusable {
        Path path = path();
        try {
            createPrivate(path);
            ownership.requireFolder(path);
            Path real = path.toRealPath();
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

    /**
     * For a file or folder in a folder where nobody else may write, so a name that can be guessed will do: random numbers make a
     * JVM that has just started collect some, of its network too, which ends it under Wine.
     */
    static Path temporary(Path folder, String prefix) {
        return folder.resolve(prefix + ProcessHandle.current().pid() + '-' + System.nanoTime());
    }

    static FileAttribute<?>[] privateAttributes(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private Path path() throws Unusable {
        if (named) {
            return new LoaderSettings.Named(origin, folder).path();
        }
        try {
            Path path = Path.of(folder);
            // Such as below the home "?" of a user that the system does not know.
            if (!path.isAbsolute()) {
                throw new Unusable("it is not an absolute path");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new Unusable("it is not a path in this locale: " + e.getMessage());
        }
    }

    // The JDK calls every user whom the system does not know "?", as containers have them: one must not find the folder of another.
    private static String user(String name) {
        return name == null || name.equals("?") ? Ownership.ofThisProcess().userNumber() : plain(name);
    }

    private static String plain(String user) {
        StringBuilder name = new StringBuilder();
        for (char c : user.toCharArray()) {
            name.append(Character.isLetterOrDigit(c) || c == '.' || c == '-' ? c : '_');
        }
        return name.toString();
    }
}
