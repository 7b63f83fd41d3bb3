/** The proof that chats leave nothing behind, through the public API only. */
package io.github.llamaffm.chat.leaks;
