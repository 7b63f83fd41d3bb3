package io.github.llamaffm.internal.events;

import io.github.llamaffm.internal.chat.CacheLookup;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Of work that nobody records. */
public enum NoSpan implements Span, LoadSpan, CacheLookup {

    /** All of them. */
    NONE;

    @Override
    public void ends(boolean completed) {}

    @Override
    public void loaded(int files, LongSupplier bytes, Supplier<String> architecture, LongSupplier parameters) {}

    @Override
    public void hit(int promptTokens, int cachedTokens, boolean forked, boolean restored) {}

    @Override
    public void missed(int promptTokens, boolean restarted) {}
}
