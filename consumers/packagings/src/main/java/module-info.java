/** A program that names no native jar and no platform. */
module consumer.packagings {
    requires io.github.llamaffm;
    requires io.github.llamaffm.bindings;

    provides io.github.llamaffm.bindings.NativeBundle with
            consumer.packagings.Elsewhere;
}
