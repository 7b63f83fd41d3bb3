/**
 * All that a program needs for chats on the CPU of the machine that it finds. Nothing of its own: the native libraries are
 * modules that nothing requires, so {@code jlink} links them with {@code --bind-services}.
 */
module io.github.llamaffm.all {
    requires transitive io.github.llamaffm.chat;
}
