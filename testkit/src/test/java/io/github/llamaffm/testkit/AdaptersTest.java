package io.github.llamaffm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class AdaptersTest {

    @Test
    void aLoraFitsTheAttentionOfItsModel() {
        var file = new ParsedGguf(TinyLora.of(TinyModel.llama()).rank(3).alpha(6).toBytes());

        assertThat(file.metadata).containsEntry("general.type", "adapter").containsEntry("general.architecture", "llama")
                .containsEntry("adapter.type", "lora").containsEntry("adapter.lora.alpha", 6f);
        assertThat(file.tensors).hasSize(16);
        assertThat(file.tensors.get("blk.1.attn_k.weight.lora_a").shape()).containsExactly(64L, 3L);
        assertThat(file.tensors.get("blk.1.attn_k.weight.lora_b").shape()).containsExactly(3L, 32L);
    }

    @Test
    void aControlVectorHasADirectionForEachLayerButTheFirst() {
        var file = new ParsedGguf(TinyControlVector.of(TinyModel.llama().layers(3)).toBytes());

        assertThat(file.metadata).containsEntry("general.architecture", "controlvector").containsEntry("controlvector.model_hint", "llama");
        assertThat(file.tensors.keySet()).containsExactly("direction.1", "direction.2");
        assertThat(file.tensors.get("direction.2").shape()).containsExactly(64L);
    }

    @Test
    void bytesAreTheSameForEver() {
        assertThat(TinyModelTest.hash(TinyLora.of(TinyModel.llama()).toBytes())).isEqualTo("84a540be103bdbb9");
        assertThat(TinyModelTest.hash(TinyControlVector.of(TinyModel.llama()).toBytes())).isEqualTo("2cb3078cee1e6a13");
        assertThat(TinyLora.of(TinyModel.llama()).seed(2).toBytes()).isNotEqualTo(TinyLora.of(TinyModel.llama()).toBytes());
    }

    @Test
    void whatCannotBeAdaptedIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TinyLora.of(TinyModel.mamba()).toBytes()).withMessageContaining("mamba");
        assertThatIllegalArgumentException().isThrownBy(() -> TinyLora.of(TinyModel.llama()).rank(0)).withMessageContaining("0");
        assertThatIllegalArgumentException().isThrownBy(() -> TinyControlVector.of(TinyModel.llama().layers(1)));
    }
}
