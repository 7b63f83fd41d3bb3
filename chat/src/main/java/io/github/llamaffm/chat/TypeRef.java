package io.github.llamaffm.chat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A type with its arguments: {@code new TypeRef<List<Line>>() {}}.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {

    private final Type type;

    /** Reads the argument of the subclass. */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)) {
            throw new IllegalArgumentException("a TypeRef without an argument: write new TypeRef<List<String>>() {}");
        }
        this.type = parent.getActualTypeArguments()[0];
    }

    /** The type. */
    public final Type type() {
        return type;
    }
}
