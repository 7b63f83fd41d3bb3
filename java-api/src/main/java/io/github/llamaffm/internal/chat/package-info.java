/**
 * What the chat module may ask native code for, as text: templates, answers and schemas travel as JSON, of which this module
 * knows nothing. Exported to the chat module only.
 */
@NullMarked
package io.github.llamaffm.internal.chat;

import org.jspecify.annotations.NullMarked;
