package io.github.llamaffm.fuzz;

import io.github.llamaffm.ThreadPool;

/** Threads that several contexts share. */
final class Pools {

    private Pools() {}

    @Operation(weight = 3)
    static void open(Player p) {
        p.keep(Kind.POOL, ThreadPool.of(p.arg("threads", p.number(1, 3))), null);
    }

    @Operation(weight = 1)
    static void ask(Player p) {
        Values.readAll(p.pick(Kind.POOL).threads());
    }

    @Operation(weight = 2)
    static void close(Player p) {
        ThreadPool pool = p.pick(Kind.POOL);
        pool.close();
        p.closed(pool);
    }
}
