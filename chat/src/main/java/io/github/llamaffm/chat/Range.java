package io.github.llamaffm.chat;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds of a record's component, both included: of a whole number, of the length of a text, of the number of elements of a list
 * or an array.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {

    /** The least; at least 0 for lengths. */
    long min() default Long.MIN_VALUE;

    /** The most; at most 2,000 for lengths. */
    long max() default Long.MAX_VALUE;
}
