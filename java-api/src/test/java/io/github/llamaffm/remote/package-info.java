/**
 * Devices of other processes: ggml's RPC backend stands in for a GPU. In child JVMs, because a server that was added stays
 * a device of its process.
 */
package io.github.llamaffm.remote;
