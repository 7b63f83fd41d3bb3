package io.github.llamaffm.cli;

import io.github.llamaffm.ModelInfo;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.Reasoning;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What an answer is to be like. */
final class AnswerArguments {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--system", paramLabel = "TEXT", description = "What the model is to be. Default: what its template says.")
    private String system;

    @Mixin
    private SamplingArguments sampling;

    private Integer maxTokens;
    private Reasoning reasoning = Reasoning.model();

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Stop an answer after this many tokens, at least 1. Default: when the model ends it, or the context is full.")
    private void maxTokens(int n) {
        UsageError.require(spec, n >= 1, "--max-tokens", n, "at least 1");
        maxTokens = n;
    }

    @Option(
            names = "--reasoning",
            paramLabel = "off|N",
            description = "No thoughts, or at most N tokens of them, for a model that thinks. Default: as its template does.")
    private void reasoning(String value) {
        boolean isOff = value.equals("off");
        UsageError.require(spec, isOff || value.matches("0*[1-9]\\d{0,8}"), "--reasoning", value, "off or a number of tokens, at least 1");
        reasoning = isOff ? Reasoning.off() : Reasoning.budget(Integer.parseInt(value));
    }

    Optional<Message> system() {
        return Optional.ofNullable(system).map(Message::system);
    }

    AskOptions.Values options(ModelInfo model) {
        AskOptions.Values options = AskOptions.sampler(sampling.options(model)).reasoning(reasoning);
        return maxTokens == null ? options : options.maxTokens(maxTokens);
    }
}
