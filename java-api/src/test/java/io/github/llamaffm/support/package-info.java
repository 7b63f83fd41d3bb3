/**
 * What integration tests share: child JVMs, upstream's server, the files that a test finds outside the class path. No
 * test lives here, and nothing here knows a type of the library.
 */
package io.github.llamaffm.support;
