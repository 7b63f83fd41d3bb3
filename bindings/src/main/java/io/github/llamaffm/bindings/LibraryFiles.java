package io.github.llamaffm.bindings;

import java.nio.file.Path;

/** The libraries of one source, so that the system can open them. */
sealed interface LibraryFiles permits LibraryFiles.InFolder, InMemory {

    /**
     * What the system opens.
     *
     * @param name of the file
     * @throws Unusable if there is no such path
     */
    Path path(String name) throws Unusable;

    /** For the report. */
    String label(String name);

    /** That library is closed again, and not opened any more. */
    void release(String name);

    /** Files of a folder. */
    record InFolder(Path folder) implements LibraryFiles {

        @Override
        public Path path(String name) {
            return folder.resolve(name);
        }

        @Override
        public String label(String name) {
            return path(name).toString();
        }

        @Override
        public void release(String name) {
            // The file stays for the next process.
        }
    }
}
