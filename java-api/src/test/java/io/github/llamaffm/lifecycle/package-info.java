/** Beginning, ending and leaving early: cancellation, and a process that exits in the middle of native work. */
package io.github.llamaffm.lifecycle;
