/** Random operations over the public API of chats, from several threads at once. */
package io.github.llamaffm.chat.fuzz;
