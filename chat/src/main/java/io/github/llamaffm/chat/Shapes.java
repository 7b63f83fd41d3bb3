package io.github.llamaffm.chat;

import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.function.Supplier;

/** Finds the shapes of one type and of all types in it. */
final class Shapes {

    /** The most types of one record inside each other: one that is in itself with other arguments each time has no end. */
    private static final int MAX_INSIDE_ITSELF = 8;

    /** Types that are in themselves, by their names. */
    private final Map<String, Shape> definitions = new LinkedHashMap<>();

    /** Types whose shapes are being found. */
    private final Map<Type, String> open = new LinkedHashMap<>();

    /**
     * The shape of a type.
     *
     * @param path of it, for errors
     * @param arguments of type variables
     * @throws IllegalArgumentException if JSON has no shape for it
     */
    Shape of(Type type, String path, Map<TypeVariable<?>, Type> arguments) {
        return of(ResolvedType.of(type, arguments), path);
    }

    private Shape of(Type type, String path) {
        return switch (type) {
            case Class<?> c -> ofClass(c, path);
            case ParameterizedType generic -> ofGeneric(generic, path);
            case GenericArrayType array -> ListShape.array(
                    of(array.getGenericComponentType(), path + "[]"), rawClass(array.getGenericComponentType()));
            case TypeVariable<?> _ -> throw unsupported(path, type, "is not known: give it with a TypeRef");
            default -> throw unsupported(path, type, "has no form in JSON");
        };
    }

    /** Those that {@link RecursiveShape} refers to. */
    Map<String, Shape> definitions() {
        return definitions;
    }

    private Shape ofClass(Class<?> type, String path) {
        Optional<Shape> simple = ScalarShape.of(type).or(() -> OptionalShape.ofPrimitive(type));
        if (simple.isPresent()) {
            return simple.get();
        }
        if (type.isEnum()) {
            if (type.getEnumConstants().length == 0) {
                throw unsupported(path, type, "has no constants");
            }
            return new EnumShape(type, description(type));
        }
        if (type.isArray()) {
            return ListShape.array(of(type.getComponentType(), path + "[]"), type.getComponentType());
        }
        if (type.isRecord() || type.isInterface() && type.isSealed()) {
            return once(type, () -> type.isRecord() ? ofRecord(type, path, Map.of()) : ofSealed(type, path));
        }
        throw unsupported(path, type, type.isInterface()
                ? "is an interface: only sealed ones, whose records are known, can be made, and List, Set, Collection and Map with their arguments"
                : "is no record, enum, sealed interface, text, number, boolean, time, UUID, list, set, map or Optional");
    }

    private Shape ofGeneric(ParameterizedType type, String path) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] inner = type.getActualTypeArguments();
        if (raw == Optional.class) {
            return OptionalShape.of(of(inner[0], path));
        }
        if (raw == List.class || raw == Collection.class || raw == SequencedCollection.class) {
            return ListShape.list(element(inner[0], path + "[]"));
        }
        if (raw == Set.class) {
            return ListShape.set(element(inner[0], path + "[]"));
        }
        if (raw == Map.class) {
            if (inner[0] != String.class) {
                throw unsupported(path, type, "has keys that are no String");
            }
            return new MapShape(element(inner[1], path + "{}"));
        }
        if (raw.isRecord()) {
            if (open.keySet().stream().filter(outer -> !outer.equals(type) && rawClass(outer) == raw).count() >= MAX_INSIDE_ITSELF) {
                throw unsupported(path, type, "is inside of itself with other arguments each time");
            }
            Map<TypeVariable<?>, Type> own = new HashMap<>();
            for (int i = 0; i < inner.length; i++) {
                own.put(raw.getTypeParameters()[i], inner[i]);
            }
            return once(type, () -> ofRecord(raw, path, own));
        }
        throw unsupported(path, type, "has no form in JSON");
    }

    private Shape element(Type type, String path) {
        Shape shape = of(type, path);
        if (shape.mayBeMissing()) {
            throw unsupported(path, type, "is optional: only components of records can be missing");
        }
        return shape;
    }

    /** A type that is met inside of itself becomes a definition. */
    private Shape once(Type type, Supplier<Shape> finder) {
        if (open.containsKey(type)) {
            String name = open.computeIfPresent(type, (_, known) -> known.isEmpty() ? newName(type) : known);
            return new RecursiveShape(name, () -> definitions.get(name));
        }
        open.put(type, "");
        Shape shape = finder.get();
        String name = open.remove(type);
        if (name.isEmpty()) {
            return shape;
        }
        definitions.put(name, shape);
        return new RecursiveShape(name, () -> definitions.get(name));
    }

    private String newName(Type type) {
        String name = rawClass(type).getSimpleName();
        String free = name;
        for (int i = 2; definitions.containsKey(free) || open.containsValue(free); i++) {
            free = name + i;
        }
        return free;
    }

    private RecordShape ofRecord(Class<?> type, String path, Map<TypeVariable<?>, Type> arguments) {
        List<RecordShape.Component> components = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String place = path + "." + component.getName();
            Shape shape = of(component.getGenericType(), place, arguments);
            components.add(new RecordShape.Component(component.getName(), Bounds.of(component, shape, place),
                    Optional.ofNullable(component.getAnnotation(Description.class)).map(Description::value)));
        }
        return new RecordShape(constructor(type), components, description(type));
    }

    private SealedShape ofSealed(Class<?> type, String path) {
        List<RecordShape> records = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.isInterface() && permitted.isSealed()) {
                records.addAll(ofSealed(permitted, path).records());
            } else if (permitted.isRecord()) {
                records.add(ofRecord(permitted, path + "(" + permitted.getSimpleName() + ")", Map.of()));
            } else {
                throw unsupported(path, permitted, "is of a sealed interface and no record");
            }
        }
        long names = records.stream().map(RecordShape::name).distinct().count();
        if (names < records.size()) {
            throw unsupported(path, type, "has two records of one name");
        }
        for (RecordShape shape : records) {
            if (shape.components().stream().anyMatch(component -> component.name().equals(SealedShape.TAG))) {
                throw unsupported(path, type, "tells its records apart by a property '%s', which %s has too: rename that component"
                        .formatted(SealedShape.TAG, shape.name()));
            }
        }
        return new SealedShape(type.getSimpleName(), records, description(type));
    }

    private static Constructor<?> constructor(Class<?> type) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without its constructor: " + type, e);
        } catch (InaccessibleObjectException e) {
            throw new IllegalArgumentException("%s cannot be made from here: let its module say 'opens %s to io.github.llamaffm.chat'"
                    .formatted(type.getName(), type.getPackageName()), e);
        }
    }

    private static Optional<String> description(Class<?> type) {
        return Optional.ofNullable(type.getAnnotation(Description.class)).map(Description::value);
    }

    private static Class<?> rawClass(Type type) {
        return switch (type) {
            case Class<?> c -> c;
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            default -> throw new IllegalArgumentException(type + " is no class: arrays of type variables cannot be made");
        };
    }

    private static IllegalArgumentException unsupported(String path, Type type, String reason) {
        return new IllegalArgumentException("%s cannot be an answer: %s %s".formatted(path, type.getTypeName(), reason));
    }
}
