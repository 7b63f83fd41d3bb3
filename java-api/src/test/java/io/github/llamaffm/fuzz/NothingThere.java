package io.github.llamaffm.fuzz;

/** There is nothing yet that this operation could be done with. */
final class NothingThere extends RuntimeException {

    private static final long serialVersionUID = 1;

    NothingThere(String kind) {
        super("no " + kind, null, false, false);
    }
}
