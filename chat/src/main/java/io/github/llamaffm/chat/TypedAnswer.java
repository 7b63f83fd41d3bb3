package io.github.llamaffm.chat;

/** A call whose answer is a value of a type. */
record TypedAnswer<T>(AnswerType<T> type) {

    /** @throws IllegalArgumentException if the options have a format of their own */
    AskOptions.Values options(AskOptions options) {
        AskOptions.Values values = options.values();
        if (!(values.format() instanceof AnswerFormat.Text)) {
            throw new IllegalArgumentException("a typed answer has the format of its type: leave %s out of the options".formatted(values.format()));
        }
        return values.format(AnswerFormat.schema(type.schema()));
    }

    /**
     * The value.
     *
     * @throws IncompleteAnswerException if it was cut off
     * @throws TemplateException if the template's parser took it for something else
     */
    T read(Answer answer) {
        String text = answer.text();
        if (answer.reason() != StopReason.END) {
            throw new IncompleteAnswerException(text, answer.reason());
        }
        try {
            return type.read(text);
        } catch (AnswerMismatch e) {
            throw new TemplateException("the answer is no value of its type: %s; its %d characters are in text()"
                    .formatted(e.getMessage(), text.length()), text, e);
        }
    }
}
