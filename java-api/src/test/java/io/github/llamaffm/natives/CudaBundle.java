package io.github.llamaffm.natives;

/** A second native jar, with a module for CUDA. */
public final class CudaBundle extends FolderBundle {}
