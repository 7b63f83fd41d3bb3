package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Refuses what somebody else could have put in place: links, files of another user than this one or root, and what
 * others may write. Code that is loaded from such a place is code of a stranger.
 *
 * <p>Only the cache's own folders and files are checked; what lies above them is the administrator's. On Windows only
 * links are refused: the folders used there are protected by their access lists. (Not tried on Windows.)
 */
final class Ownership {

    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;
    private static final int FOLDER = 0040000;
    private static final int REGULAR = 0100000;
    private static final int OTHERS_MAY_WRITE = 0022;
    private static final int ROOT = 0;

    private final OptionalInt user;

    private Ownership(OptionalInt user) {
        this.user = user;
    }

    static Ownership ofThisProcess() {
        return new Ownership(effectiveUser());
    }

    /** For a process that runs as that user. */
    static Ownership ofUser(int uid) {
        return new Ownership(OptionalInt.of(uid));
    }

    /** @throws Unusable if it is not a folder that only this user may change */
    void requireFolder(Path folder) throws IOException, Unusable {
        require(folder, FOLDER, "folder");
    }

    /**
     * @return its size in bytes
     * @throws Unusable if it is not a file that only this user may change
     */
    long requireFile(Path file) throws IOException, Unusable {
        return require(file, REGULAR, "file");
    }

    private long require(Path path, int type, String typeName) throws IOException, Unusable {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return requireNoLink(path, type, typeName);
        }
        Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid,size", LinkOption.NOFOLLOW_LINKS);
        int mode = (int) attributes.get("mode");
        int owner = (int) attributes.get("uid");
        if ((mode & TYPE) == LINK) {
            throw new Unusable(path + " is a symbolic link");
        }
        if ((mode & TYPE) != type) {
            throw new Unusable(path + " is not a " + typeName);
        }
        if (owner != ROOT && user.isPresent() && owner != user.getAsInt()) {
            throw new Unusable(path + " belongs to user " + owner + ", this process runs as user " + user.getAsInt());
        }
        if ((mode & OTHERS_MAY_WRITE) != 0) {
            throw new Unusable(
                    path + " may be written by others (mode " + Integer.toOctalString(mode & 07777) + ")",
                    "Run: chmod go-w '" + path + "'");
        }
        return (long) attributes.get("size");
    }

    private static long requireNoLink(Path path, int type, String typeName) throws IOException, Unusable {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink() || attributes.isOther()) {
            throw new Unusable(path + " is a link");
        }
        if (attributes.isDirectory() != (type == FOLDER)) {
            throw new Unusable(path + " is not a " + typeName);
        }
        return attributes.size();
    }

    // Java has no geteuid. The owner of /proc/self would be root for a process with file capabilities.
    private static OptionalInt effectiveUser() {
        try {
            Path status = Path.of("/proc/self/status");
            for (String line : new String(Bytes.of(status), StandardCharsets.US_ASCII).split("\n")) {
                if (line.startsWith("Uid:")) {
                    return OptionalInt.of(Integer.parseUnsignedInt(line.split("\t")[2]));
                }
            }
        } catch (IOException _) {
            // Not Linux: the owner of the user's home stands for the user.
        }
        try {
            return OptionalInt.of((int) Files.getAttribute(Path.of(System.getProperty("user.home")), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
            return OptionalInt.empty();
        }
    }
}
