/**
 * The {@code llama-ffm} command: one class per subcommand, the exit codes, and nothing that a program would want to call.
 * Only this module prints. {@code docs/cli.md} is what its users read.
 */
package io.github.llamaffm.cli;
