package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NativeErrorTest {

    @Test
    void warningsDoNotHideAnAbort() {
        NativeError error = new NativeError("lf_context_new aborted: GGML_ASSERT(a) failed", List.of("a warning", "another"));

        assertThat(error.summary()).isEqualTo("lf_context_new aborted: GGML_ASSERT(a) failed; a warning; another");
    }

    @Test
    void elseTheLogSaysWhy() {
        assertThat(new NativeError("lf_model_load failed: file", List.of("no such tensor")).summary()).isEqualTo("no such tensor");
        assertThat(new NativeError("lf_model_load failed: file", List.of()).summary()).isEqualTo("lf_model_load failed: file");
    }
}
