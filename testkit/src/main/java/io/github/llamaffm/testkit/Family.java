package io.github.llamaffm.testkit;

/** What llama.cpp expects of one architecture: hyperparameters and tensors. */
interface Family {

    void write(ModelWriter out);
}
