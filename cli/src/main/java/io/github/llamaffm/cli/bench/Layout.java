package io.github.llamaffm.cli.bench;

import java.util.List;

/**
 * How results are printed.
 *
 * @param fields for programs
 * @param columns for people
 * @param footer below the table
 */
record Layout<R>(List<Field<R>> fields, List<Column<R>> columns, String footer) {}
