/**
 * What a careless or hostile caller does, each in a child JVM: an error that says what is wrong, never a signal, and not a
 * byte on stdout or stderr. The programs beside the tests are what runs in the child; an assertion that fails there ends it
 * with exit code 1 and a stack trace.
 */
package io.github.llamaffm.misuse;
