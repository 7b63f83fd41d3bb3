package io.github.llamaffm.internal.events;

import io.github.llamaffm.internal.chat.CacheLookup;

/** It becomes one of two events: both have begun. */
final class RecordedLookup implements CacheLookup {

    private final CacheHitEvent hit;
    private final CacheMissEvent miss;

    RecordedLookup(String model, long contextId) {
        hit = new CacheHitEvent(model, contextId);
        miss = new CacheMissEvent(model, contextId);
    }

    @Override
    public void hit(int promptTokens, int cachedTokens, boolean forked, boolean restored) {
        hit.promptTokens = promptTokens;
        hit.cachedTokens = cachedTokens;
        hit.forked = forked;
        hit.restored = restored;
        hit.commit();
    }

    @Override
    public void missed(int promptTokens, boolean restarted) {
        miss.promptTokens = promptTokens;
        miss.restarted = restarted;
        miss.commit();
    }
}
