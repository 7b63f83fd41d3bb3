package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ApiPage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of the API has the signatures that the code has: no more, no others, and no type is left out. */
class ApiPageTest {

    private static final ApiPage PAGE = new ApiPage("api.md", LlamaException.class, "// in code", method ->
            SamplerSpec.class.isAssignableFrom(method.getDeclaringClass()) && method.getDeclaringClass() != SamplerSpec.class
                    && method.getName().equals("selects"));

    static List<Class<?>> types() {
        return ApiPage.types(Model.class);
    }

    @Test
    void someTypesAreCompared() {
        assertThat(types()).contains(Model.class, SamplerSpec.class, GrammarException.class);
    }

    @ParameterizedTest
    @MethodSource("types")
    void hasItsMembers(Class<?> type) {
        assertThat(PAGE.differences(type)).isEmpty();
    }
}
