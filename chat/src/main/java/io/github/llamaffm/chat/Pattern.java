package io.github.llamaffm.chat;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A regular expression that a text of a record's component matches as a whole, between {@code ^} and {@code $}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Pattern {

    /** Literals, classes, groups, alternatives, repetitions: {@code ^[A-Z]{2}[0-9]{4}$}. */
    String value();
}
