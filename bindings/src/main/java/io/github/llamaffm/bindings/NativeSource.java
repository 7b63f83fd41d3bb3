package io.github.llamaffm.bindings;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where libraries come from: the core and its modules, or further modules for it. */
sealed interface NativeSource {

    /** The backend of the bundles that have the core library. */
    String CORE_BACKEND = "cpu";

    /** For the report. */
    String name();

    NativeIndex index();

    /**
     * All the libraries, of which {@code file} may be opened.
     *
     * @throws Unusable if it may not
     */
    LibraryFiles files(String file) throws Unusable;

    /** The first bytes of a file, where it lies now. */
    byte[] head(String file, int most) throws IOException, Unusable;

    /** Libraries that are files already, and stay where they are. */
    record InPlace(String name, Path folder, NativeIndex index) implements NativeSource {

        // Sizes only: who may write here is for the owner of this folder to say, but a file that was cut short would end
        // the process with a bus error.
        static InPlace of(String name, Path folder) throws Unusable {
            NativeIndex index = NativeIndex.read(folder);
            try {
                Path real = folder.toRealPath();
                for (Map.Entry<String, NativeIndex.Entry> file : index.files().entrySet()) {
                    Path path = real.resolve(file.getKey());
                    long size = Files.size(path);
                    if (size != file.getValue().size()) {
                        throw new Unusable(path + " has " + size + " bytes, the index says "
                                + file.getValue().size());
                    }
                }
                return new InPlace(name, real, index);
            } catch (IOException e) {
                throw Unusable.because("the folder is incomplete", e);
            }
        }

        @Override
        public LibraryFiles files(String file) {
            return new LibraryFiles.InFolder(folder);
        }

        @Override
        public byte[] head(String file, int most) throws IOException {
            return Bytes.head(folder.resolve(file), most);
        }
    }

    /** Libraries in a jar, extracted or written to memory when they are needed. */
    record Packed(String name, PackedNatives natives, NativeCache cache) implements NativeSource {

        @Override
        public NativeIndex index() {
            return natives.index();
        }

        @Override
        public LibraryFiles files(String file) throws Unusable {
            return cache.files(natives, file);
        }

        @Override
        public byte[] head(String file, int most) throws IOException, Unusable {
            return natives.head(file, most);
        }
    }

    /**
     * The source of the core library: the first that is present. One that is present and cannot be used is an error, never a reason to take the
     * next: a user who names a folder must not get other libraries without noticing.
     */
    static NativeSource choose(
            LoaderSettings settings, Platform platform, List<NativeBundle> bundles, NativeCache cache, LoadLog log)
            throws Unusable {
        NativeSource source = settings.libraryPath().isPresent()
                ? inFolder(settings.libraryPath().get(), log)
                : inJars(platform, bundles, cache, log);
        if (!source.index().platform().equals(platform.name())) {
            log.failed(source.name(), "built for " + source.index().platform());
            throw new Unusable(
                    "the native libraries are built for " + source.index().platform() + ", this Java runs on "
                            + platform,
                    "Use the libraries for " + platform + '.');
        }
        return source;
    }

    private static NativeSource inFolder(LoaderSettings.Named named, LoadLog log) throws Unusable {
        Path folder = named.path();
        String name = folder + " (" + named.origin() + ")";
        try {
            return InPlace.of(name, folder);
        } catch (Unusable e) {
            log.failed(name, e.getMessage());
            throw new Unusable(
                    named.origin() + " names no folder with native libraries",
                    "Name a folder that the native build or the main class " + Natives.class.getName() + " wrote.");
        }
    }

    private static NativeSource inJars(
            Platform platform, List<NativeBundle> bundles, NativeCache cache, LoadLog log) throws Unusable {
        NativeSource chosen = null;
        for (NativeBundle bundle : bundles) {
            String name = bundle.getClass().getName();
            if (!bundle.platform().equals(platform.name())) {
                log.rejected(name, "for " + bundle.platform() + ", this Java runs on " + platform);
            } else if (!bundle.backend().equals(CORE_BACKEND)) {
                continue; // ModuleSources
            } else if (chosen != null) {
                log.rejected(name, chosen.name() + " comes first");
            } else {
                chosen = inJar(bundle, cache, log);
            }
        }
        if (chosen == null) {
            throw MissingJar.of(platform, bundles);
        }
        return chosen;
    }

    private static NativeSource inJar(NativeBundle bundle, NativeCache cache, LoadLog log) throws Unusable {
        try {
            return of(bundle, cache);
        } catch (Unusable e) {
            log.failed(bundle.getClass().getName(), e.getMessage());
            throw new Unusable("the native jar cannot be used", e.remedy());
        }
    }

    /** The libraries of one bundle, whatever they are for. */
    static NativeSource of(NativeBundle bundle, NativeCache cache) throws Unusable {
        String name = bundle.getClass().getName();
        URL url = bundle.resource(NativeIndex.FILE_NAME);
        if (url != null && url.getProtocol().equals("file")) {
            try {
                return InPlace.of(name, Path.of(url.toURI()).getParent());
            } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException _) {
                // Not an address that Java can turn into a path: read it as a stream.
            }
        }
        return new Packed(name, PackedNatives.of(bundle), cache);
    }
}
