package io.github.llamaffm.chat;

import java.io.Serial;

/** JSON is no value of a type. */
final class AnswerMismatch extends IllegalArgumentException {

    @Serial
    private static final long serialVersionUID = 1;

    AnswerMismatch(String message) {
        super(message);
    }
}
