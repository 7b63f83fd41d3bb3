package io.github.llamaffm.natives;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;

/** Creates a file when a library has been read half, and goes on when stdin has ended. */
public final class StoppingBundle extends FolderBundle {

    /** System property that names the file. */
    static final String MARK = "stopping.mark";

    private static final int HALF = 500_000;

    @Override
    public URL resource(String name) {
        URL real = super.resource(name);
        if (real == null || name.equals("index.properties")) {
            return real;
        }
        try {
            return URL.of(URI.create("stopping:/" + name), new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) {
                    return new URLConnection(url) {
                        @Override
                        public void connect() {}

                        @Override
                        public InputStream getInputStream() throws IOException {
                            return stopping(real.openStream());
                        }
                    };
                }
            });
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream stopping(InputStream in) {
        return new FilterInputStream(in) {
            private int read;

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (read < HALF && (read += length) >= HALF) {
                    Files.createFile(Path.of(System.getProperty(MARK)));
                    System.in.readAllBytes();
                }
                return super.read(buffer, offset, length);
            }
        };
    }
}
