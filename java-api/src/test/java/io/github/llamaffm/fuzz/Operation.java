package io.github.llamaffm.fuzz;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A static method that takes a {@link Player} and does one thing with the API, perhaps with wrong arguments. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Operation {

    /** How often it is chosen, compared with others. */
    int weight() default 4;

    /** What its Javadoc names besides what every operation may throw. */
    Class<? extends Throwable>[] mayThrow() default {};
}
