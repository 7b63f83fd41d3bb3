package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Folders of extracted libraries that the processes of one user share: {@code natives/<platform>-<backend>-<hash>} below
 * the first cache location that can be used.
 *
 * <p>A folder appears whole, by the rename of a temporary one, and is never written again. So processes that extract at
 * once need no lock: the first rename wins, and the others use its folder. A process that is killed leaves a temporary
 * folder, {@code .unpacking-*}, that nobody looks at. A folder that is found damaged is left as it is too, because another process may have
 * mapped its files; a fresh one is made beside it, with a number at the end of its name.
 */
final class NativeCache {

    private static final int MAX_FOLDERS = 100;

    /** More than a folder of libraries has. */
    private static final int MAX_FILES = 100;

    private static final String ADVICE = "Name a folder that is yours alone, writable and not mounted noexec with "
            + "-Dllamaffm.cache.dir or LLAMAFFM_CACHE_DIR; or unpack once, when an image is built, with the main class " + Natives.class.getName()
            + ", and name that folder with -Dllamaffm.library.path or LLAMAFFM_LIBRARY_PATH.";

    private static final int RENAMES = 50;
    private static final long BETWEEN_RENAMES = 100_000_000;

    private final List<CacheLocation> locations;
    private final Ownership ownership;
    private final Mounts mounts;
    private final LoadLog log;
    private final Map<String, InMemory> memory = new HashMap<>();

    NativeCache(List<CacheLocation> locations, Ownership ownership, Mounts mounts, LoadLog log) {
        this.locations = locations;
        this.ownership = ownership;
        this.mounts = mounts;
        this.log = log;
    }

    /** These libraries in a folder; on Linux in memory, where there is none and the user named none. */
    LibraryFiles files(PackedNatives natives, String checked) throws Unusable {
        InMemory files = memory.get(natives.cacheName());
        if (files != null) {
            files.path(checked);
            return files;
        }
        try {
            return new LibraryFiles.InFolder(folder(natives, checked));
        } catch (Unusable noFolder) {
            if (!natives.index().platform().startsWith("linux-") || locations.stream().anyMatch(CacheLocation::named)) {
                throw noFolder;
            }
            return inMemory(natives, checked, noFolder);
        }
    }

    private LibraryFiles inMemory(PackedNatives natives, String checked, Unusable noFolder) throws Unusable {
        try {
            InMemory files = InMemory.of(natives);
            files.path(checked);
            memory.put(natives.cacheName(), files);
            log.warn("the native libraries of " + natives.bundle().getClass().getName() + " are in memory, which every process "
                    + "pays for: there is " + noFolder.getMessage() + ". " + ADVICE);
            return files;
        } catch (Unusable e) {
            log.failed("memory (memfd_create)", e.getMessage());
            throw noFolder;
        }
    }

    /**
     * A folder with these libraries. All its files have the right size and owner; {@code checked} has the right content.
     *
     * @param checked name of the file that is to be opened
     */
    Path folder(PackedNatives natives, String checked) throws Unusable {
        Unusable last = new Unusable("this user has no cache folder and no temporary folder");
        for (CacheLocation location : locations) {
            try {
                Path root = location.prepare(ownership, mounts).resolve("natives");
                return folder(root, natives, checked);
            } catch (Unusable e) {
                log.failed(location.folder() + " (" + location.origin() + ")", e.getMessage());
                last = e;
                if (location.named()) {
                    break;
                }
            }
        }
        throw new Unusable(
                "no folder to extract the libraries to",
                (last.remedy().isEmpty() ? "" : last.remedy() + ' ')
                        + ADVICE);
    }

    private Path folder(Path root, PackedNatives natives, String checked) throws Unusable {
        try {
            CacheLocation.createPrivate(root);
            ownership.requireFolder(root);
            for (int number = 1; number <= MAX_FOLDERS; number++) {
                Path folder = root.resolve(natives.cacheName() + (number == 1 ? "" : "-" + number));
                if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                    extract(root, folder, natives);
                }
                try {
                    requireIntact(folder, natives, checked);
                    return folder;
                } catch (Unusable damaged) {
                    log.rejected(folder.toString(), damaged.getMessage());
                }
            }
        } catch (IOException e) {
            throw Unusable.because("it cannot be written", e);
        }
        throw new Unusable("it holds " + MAX_FOLDERS + " damaged folders");
    }

    private void extract(Path root, Path folder, PackedNatives natives) throws IOException, Unusable {
        try (UndoAtExit<Path> undo = UndoAtExit.of(
                () -> temporary(root),
                made -> discard(made, natives))) {
            unpack(undo.begun(), folder, natives);
        }
    }

    private static Path temporary(Path root) throws IOException {
        while (true) {
            Path folder = CacheLocation.temporary(root, ".unpacking-");
            try {
                return Files.createDirectory(folder, CacheLocation.privateAttributes("rwx------"));
            } catch (FileAlreadyExistsException _) {
                // That of a process in another container, which has the same number.
            }
        }
    }

    private static void unpack(Path temporary, Path folder, PackedNatives natives) throws IOException, Unusable {
        boolean moved = false;
        try {
            natives.unpack(temporary, CacheLocation.privateAttributes("rw-------"));
            moved = move(temporary, folder, new Platform(natives.index().platform()));
        } finally {
            if (!moved) {
                deleteOwn(temporary, natives);
            }
        }
    }

    /** False where another process was faster. */
    private static boolean move(Path temporary, Path folder, Platform platform) throws IOException {
        // An interrupted thread would not wait.
        boolean interrupted = Thread.interrupted();
        try {
            for (int tries = 1; ; tries++) {
                try {
                    Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
                    return true;
                } catch (IOException e) {
                    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                        return false;
                    }
                    // Windows renames no folder of which a file is open, and its virus scanner opens every new library.
                    if (!(e instanceof AccessDeniedException) || tries == RENAMES || !platform.isWindows()) {
                        throw e;
                    }
                    LockSupport.parkNanos(BETWEEN_RENAMES);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void requireIntact(Path folder, PackedNatives natives, String checked) throws Unusable {
        try {
            ownership.requireFolder(folder);
            for (Map.Entry<String, NativeIndex.Entry> file : natives.index().files().entrySet()) {
                Path path = folder.resolve(file.getKey());
                long size = ownership.requireFile(path);
                if (size != file.getValue().size()) {
                    throw new Unusable(path + " has " + size + " bytes instead of " + file.getValue().size());
                }
            }
            natives.requireSame(checked, folder.resolve(checked));
        } catch (IOException e) {
            throw Unusable.because("it cannot be read", e);
        }
    }

    private static void discard(Path temporary, PackedNatives natives) {
        // Another thread writes into it: once the folder is gone, it cannot any more.
        for (int i = 0; i < MAX_FILES && Files.exists(temporary, LinkOption.NOFOLLOW_LINKS); i++) {
            try {
                deleteOwn(temporary, natives);
            } catch (IOException _) {
                // One more file has come.
            }
        }
    }

    // By name: nothing is deleted that was not created here.
    private static void deleteOwn(Path temporary, PackedNatives natives) throws IOException {
        for (String name : natives.index().files().keySet()) {
            Files.deleteIfExists(temporary.resolve(name));
        }
        Files.deleteIfExists(temporary.resolve(NativeIndex.FILE_NAME));
        Files.deleteIfExists(temporary);
    }
}
