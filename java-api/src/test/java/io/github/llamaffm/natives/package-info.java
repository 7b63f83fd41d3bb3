/**
 * The built libraries themselves: how they are found and opened, what they export and import, what their firewall stops,
 * what linking to them costs.
 */
package io.github.llamaffm.natives;
