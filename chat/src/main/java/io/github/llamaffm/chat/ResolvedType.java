package io.github.llamaffm.chat;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Generic types with arguments in place of their variables, however deep these are. Equal types are equal. */
final class ResolvedType {

    private ResolvedType() {}

    /** Variables without an argument stay; a wildcard becomes its upper bound. */
    static Type of(Type type, Map<TypeVariable<?>, Type> arguments) {
        return switch (type) {
            case TypeVariable<?> variable -> arguments.getOrDefault(variable, variable);
            case ParameterizedType generic -> new Generic((Class<?>) generic.getRawType(),
                    Arrays.stream(generic.getActualTypeArguments()).map(argument -> of(argument, arguments)).toList());
            case GenericArrayType array -> of(array.getGenericComponentType(), arguments) instanceof Class<?> c
                    ? c.arrayType()
                    : new GenericArray(of(array.getGenericComponentType(), arguments));
            case WildcardType wildcard when wildcard.getLowerBounds().length == 0 -> of(wildcard.getUpperBounds()[0], arguments);
            default -> type;
        };
    }

    private record Generic(Class<?> raw, List<Type> arguments) implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return raw.getDeclaringClass();
        }

        @Override
        public String getTypeName() {
            return raw.getName() + arguments.stream().map(Type::getTypeName).collect(Collectors.joining(", ", "<", ">"));
        }
    }

    private record GenericArray(Type component) implements GenericArrayType {

        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String getTypeName() {
            return component.getTypeName() + "[]";
        }
    }
}
