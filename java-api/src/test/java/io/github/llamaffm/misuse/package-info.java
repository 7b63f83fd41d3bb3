/**
 * What a careless or hostile caller does, in child JVMs: an error that says what is wrong, never a signal, and not a byte on
 * stdout or stderr. A row ({@link io.github.llamaffm.support.misuse.MisuseRow}) is one thing that is done, through the public API
 * only; a group is a class of rows; all of them are {@code docs/safety/misuse.md}. Here belongs what is wrong on purpose; random
 * bytes and random operations have rooms of their own.
 */
package io.github.llamaffm.misuse;
