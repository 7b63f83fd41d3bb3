package io.github.llamaffm.cli.bench;

/** How results are printed. */
enum Format { MD, CSV, JSON, JSONL }
