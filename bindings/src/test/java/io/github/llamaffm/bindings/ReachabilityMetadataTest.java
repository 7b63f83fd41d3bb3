package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A program compiled by GraalVM fails at the first call whose shape the metadata does not name. */
class ReachabilityMetadataTest {

    private final Path root = BindingsLock.repository();

    @Test
    void namesEveryCallShape() throws Exception {
        String wanted = ReachabilityMetadata.text(root);
        Path written = Files.writeString(root.resolve("bindings/target/reachability-metadata.json"), wanted);

        assertThat(Files.readString(root.resolve(ReachabilityMetadata.FILE)))
                .as("ci/bindings writes it, or copy %s over it", written)
                .isEqualTo(wanted);
    }

    @Test
    void findsTheShapesOfTheLoaderAndOfCallbacks() throws Exception {
        assertThat(CallShapes.all(root))
                .anyMatch(shape -> shape.options().contains("\"captureCallState\": true"))
                .anyMatch(shape -> shape.calledFromNative() && shape.result().isEmpty())
                .anyMatch(shape -> shape.parameters().stream().anyMatch(layout -> layout.byteSize() > 64))
                .hasSizeGreaterThan(BoundAbi.symbols().size());
    }

    @Test
    void spellsLayoutsAsNativeImageReadsThem() {
        MemoryLayout layout = MemoryLayout.structLayout(ValueLayout.JAVA_INT, MemoryLayout.paddingLayout(4), ValueLayout.ADDRESS,
                MemoryLayout.sequenceLayout(3, MemoryLayout.unionLayout(ValueLayout.JAVA_LONG, ValueLayout.JAVA_DOUBLE)));

        assertThat(ReachabilityMetadata.type(layout)).isEqualTo("struct(int, padding(4), void*, sequence(3, union(long long, double)))");
    }
}
