package io.github.llamaffm;

/**
 * A token that a chain of samplers leaves to choose from. See {@link Sampler#candidates}.
 *
 * @param token its id
 * @param logit as the chain left it
 * @param logProbability the natural logarithm of its probability among all that the chain leaves: log-softmax of their logits
 */
public record Candidate(int token, float logit, float logProbability) {}
