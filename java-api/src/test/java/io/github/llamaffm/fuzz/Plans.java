package io.github.llamaffm.fuzz;

import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;

/** Plans of memory. */
final class Plans {

    private Plans() {}

    @Operation(weight = 3)
    static void plan(Player p) {
        MemoryPlan plan = MemoryPlan.of(p.orNull(ModelSource.path(p.run().inputs().model(p))),
                p.orNull(p.chance(50) ? ModelOptions.defaults() : Models.options(p)), p.orNull(Contexts.options(p)));
        Values.readAll(plan, plan.fits(), plan.parts().getFirst().total());
    }
}
