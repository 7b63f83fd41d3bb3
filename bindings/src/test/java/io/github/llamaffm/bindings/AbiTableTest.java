package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AbiTableTest {
    private static final String TEXT = """
            sizeof llama_batch 56
            offsetof llama_batch.token 8
            enum LLAMA_VOCAB_TYPE_BPE 2
            enum LLAMA_TOKEN_NULL -1
            """;
    private final AbiTable table = AbiTable.parse(TEXT);

    @Test
    void fitsItself() {
        assertThat(table.differences(AbiTable.parse(TEXT))).isEmpty();
        assertThat(table.size()).isEqualTo(4);
    }

    @Test
    void tellsEachDifferenceWithBothNumbers() {
        AbiTable other = AbiTable.parse("""
                sizeof llama_batch 64
                offsetof llama_batch.token 16
                enum LLAMA_VOCAB_TYPE_BPE 3
                """);
        assertThat(table.differences(other)).containsExactly(
                "sizeof llama_batch: the bindings expect 56, the library has 64",
                "offsetof llama_batch.token: the bindings expect 8, the library has 16",
                "enum LLAMA_VOCAB_TYPE_BPE: the bindings expect 2, the library has 3",
                "enum LLAMA_TOKEN_NULL: the bindings expect -1, the library does not tell");
    }

    @Test
    void aLibraryMayDeclareMore() {
        assertThat(table.differences(AbiTable.parse(TEXT + "enum LLAMA_VOCAB_TYPE_NEW 8\n"))).isEmpty();
    }

    @Test
    void anUnsignedConstantEqualsItsJavaInt() {
        AbiTable java = AbiTable.parse("enum LLAMA_DEFAULT_SEED -1");
        assertThat(java.differences(AbiTable.parse("enum LLAMA_DEFAULT_SEED 4294967295"))).isEmpty();
        assertThat(java.differences(AbiTable.parse("enum LLAMA_DEFAULT_SEED 4294967294"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sizeof llama_batch", "sizeof llama_batch x", "alignof llama_batch 8", "sizeof a b 8", "sizeof a 99999999999999999999"})
    void refusesWhatIsNotAFact(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> AbiTable.parse(TEXT + line)).withMessageContaining("\"" + line + "\"");
    }

    @Test
    void refusesAFactToldTwice() {
        assertThatIllegalArgumentException().isThrownBy(() -> AbiTable.parse(TEXT + "sizeof llama_batch 56"))
                .withMessage("twice in an ABI table: \"sizeof llama_batch 56\"");
    }
}
