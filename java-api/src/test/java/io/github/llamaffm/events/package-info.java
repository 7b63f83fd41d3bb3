/** What the flight recorder is told. */
package io.github.llamaffm.events;
