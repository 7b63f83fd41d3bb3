package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class PointersTest {

    @AutoClose
    private final Arena memory = Arena.ofConfined();

    /** As native code returns it: an address without a size. */
    private MemorySegment pointer(byte... bytes) {
        return MemorySegment.ofAddress(memory.allocateFrom(ValueLayout.JAVA_BYTE, bytes).address());
    }

    @Test
    void anOwnedPointerIsDestroyedOnceAndRefusesLaterUse() {
        MemorySegment raw = pointer((byte) 1);
        List<MemorySegment> destroyed = new ArrayList<>();
        Arena arena = Arena.ofShared();

        MemorySegment owned = Pointers.owned(raw, arena, destroyed::add);
        assertThat(owned.address()).isEqualTo(raw.address());
        assertThat(destroyed).isEmpty();
        arena.close();

        assertThat(destroyed).containsExactly(raw);
        assertThat(owned.scope().isAlive()).isFalse();
        assertThatThrownBy(() -> Pointers.view(owned, 1).get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aViewHasExactlyTheSizeThatIsAskedFor() {
        MemorySegment view = Pointers.view(pointer((byte) 1, (byte) 2, (byte) 3), 2);

        assertThat(view.toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2);
        assertThatThrownBy(() -> view.get(ValueLayout.JAVA_BYTE, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void nullIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Pointers.owned(MemorySegment.NULL, arena, segment -> {}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Pointers.view(MemorySegment.NULL, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsUtf8UpToItsEnd() {
        byte[] text = "naïve 日本 🙂\0rest".getBytes(StandardCharsets.UTF_8);

        assertThat(NativeStrings.read(pointer(text))).isEqualTo("naïve 日本 🙂");
        assertThat(NativeStrings.read(pointer((byte) 'a', (byte) 0xff, (byte) 0))).isEqualTo("a\uFFFD");
        assertThat(NativeStrings.read(MemorySegment.NULL)).isEmpty();
    }

    @Test
    void readsNoFurtherThanTheLimit() {
        MemorySegment text = pointer("12345\0".getBytes(StandardCharsets.UTF_8));

        assertThat(NativeStrings.read(text, 5)).isEqualTo("12345");
        assertThatThrownBy(() -> NativeStrings.read(text, 4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("native string without an end within 4 bytes");
    }
}
