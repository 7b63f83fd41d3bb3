package io.github.llamaffm.support.misuse;

import java.util.List;

/** Rows that belong together. Made by a constructor without parameters, in a JVM of its own. */
public interface MisuseGroup {

    /** A heading of the page. */
    String title();

    /** In the order of the page. */
    List<MisuseRow> rows();
}
