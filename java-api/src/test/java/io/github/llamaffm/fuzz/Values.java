package io.github.llamaffm.fuzz;

import io.github.llamaffm.DecodeException;
import io.github.llamaffm.GrammarException;
import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.PromptTooLongException;
import io.github.llamaffm.TextTooLongException;
import io.github.llamaffm.UnsupportedMemoryException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Objects;

/** Reads results: all components of records, and their text. */
final class Values {

    private Values() {}

    static void readAll(Object... values) {
        for (Object value : values) {
            Objects.requireNonNull(value, "the API gives no null");
            if (value instanceof Record record && record.getClass().getName().startsWith("io.github.llamaffm.")) {
                readComponents(record);
            } else if (value instanceof Collection<?> list) {
                list.forEach(Values::readAll);
            }
        }
    }

    static void readFailure(LlamaException failure) {
        readAll(failure.getMessage(), failure.nativeLog());
        switch (failure) {
            case NoKvSpaceException e -> readAll(e.tokens(), e.free(), e.size());
            case PromptTooLongException e -> readAll(e.tokens(), e.available());
            case TextTooLongException e -> readAll(e.tokens(), e.limit());
            case InsufficientMemoryException e -> readAll(e.needed(), e.available());
            case GrammarException e -> readAll(e.line(), e.column());
            case DecodeException e -> readAll(e.code());
            case UnsupportedMemoryException e -> readAll(e.kind());
            default -> { }
        }
    }

    private static void readComponents(Record record) {
        if (record.hashCode() == 0 && record.toString().isEmpty() || !record.equals(record)) {
            throw new AssertionError(record);
        }
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                readAll(component.getAccessor().invoke(record));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new AssertionError(e);
            }
        }
    }
}
