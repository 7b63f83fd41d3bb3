package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ApiPage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of the chat API has the signatures that the code has: no more, no others, and no type is left out. */
class ApiPageTest {

    private static final ApiPage PAGE = new ApiPage("api-chat.md", ChatException.class, "", _ -> false);

    static List<Class<?>> types() {
        return ApiPage.types(ChatModel.class);
    }

    @Test
    void someTypesAreCompared() {
        assertThat(types()).contains(ChatModel.class, AskOptions.class, TemplateException.class);
    }

    /** All of it is in code. */
    @Test
    void promisesNothing() {
        assertThat(PAGE.text()).doesNotContainPattern("(?i)\\*\\*later|// later|\\(issue \\d+\\)");
    }

    @ParameterizedTest
    @MethodSource("types")
    void hasItsMembers(Class<?> type) {
        assertThat(PAGE.differences(type)).isEmpty();
    }
}
