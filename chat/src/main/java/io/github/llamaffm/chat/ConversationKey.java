package io.github.llamaffm.chat;

/** By which a chat finds again what is cached of it. Two are never equal. */
final class ConversationKey {}
