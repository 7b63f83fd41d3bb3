package io.github.llamaffm.fuzz;

/** What code of the user throws where the library calls it. */
final class Thrown extends RuntimeException {

    private static final long serialVersionUID = 1;

    Thrown(String where) {
        super(where);
    }
}
