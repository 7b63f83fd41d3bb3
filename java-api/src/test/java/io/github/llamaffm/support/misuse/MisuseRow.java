package io.github.llamaffm.support.misuse;

import java.util.Objects;
import java.util.Optional;

/**
 * Something that a caller does wrong, and what comes of it.
 *
 * @param misuse what is done
 * @param alone what llama.cpp does with it, called from C
 * @param expected what this library does
 * @param action does it; returns what there is to say of the result, where it is not refused
 */
public record MisuseRow(String misuse, String alone, Expected expected, Action action) {

    /** What this library does. */
    public sealed interface Expected {

        /** Throws exactly this. */
        record Refused(Class<? extends Throwable> type) implements Expected {}

        /** Works, and is checked by the action. */
        record Works() implements Expected {}

        /** Is shown by another test, in a process of its own; the action looks whether there is one. */
        record Elsewhere(String where) implements Expected {}

        /** Cannot be written down in Java; the action proves that as far as it can. */
        record Absent(String why) implements Expected {}
    }

    /** One use of the public API. */
    public interface Action {
        Object run(Scene scene) throws Exception;
    }

    /** One use that has no result. */
    public interface Step {
        void run(Scene scene) throws Exception;

        default Action asAction() {
            return scene -> {
                run(scene);
                return "";
            };
        }
    }

    public static MisuseRow refused(String misuse, String alone, Class<? extends Throwable> type, Step action) {
        return new MisuseRow(misuse, alone, new Expected.Refused(type), action.asAction());
    }

    public static MisuseRow works(String misuse, String alone, Action action) {
        return new MisuseRow(misuse, alone, new Expected.Works(), action);
    }

    public static MisuseRow absent(String misuse, String alone, String why, Step proof) {
        return new MisuseRow(misuse, alone, new Expected.Absent(why), proof.asAction());
    }

    /**
     * Does it and checks what comes of it.
     *
     * @return what the page says of it
     * @throws AssertionError if it is not what was expected
     */
    String perform(Scene scene) {
        try {
            Object result = action.run(scene);
            return outcome(scene, result, Optional.empty());
        } catch (AssertionError e) {
            throw failure("is not as expected", Optional.of(e));
        } catch (Throwable e) {
            return outcome(scene, "", Optional.of(e));
        }
    }

    private String outcome(Scene scene, Object result, Optional<Throwable> thrown) {
        return switch (expected) {
            case Expected.Refused(var type) when thrown.isPresent() && thrown.get().getClass() == type ->
                    "`" + type.getSimpleName() + "` | " + PageText.of(Objects.requireNonNullElse(thrown.get().getMessage(), "-"), scene.folder());
            case Expected.Refused(var type) -> throw failure("expected " + type.getSimpleName(), thrown);
            case Expected.Works() when thrown.isEmpty() -> "no harm | " + PageText.of(String.valueOf(result), scene.folder());
            case Expected.Elsewhere(var where) when thrown.isEmpty() -> "elsewhere | " + where;
            case Expected.Absent(var why) when thrown.isEmpty() -> "cannot be said | " + why;
            default -> throw failure("should have been possible", thrown);
        };
    }

    private AssertionError failure(String what, Optional<Throwable> thrown) {
        return new AssertionError("\"" + misuse + "\" " + what, thrown.orElse(null));
    }
}
