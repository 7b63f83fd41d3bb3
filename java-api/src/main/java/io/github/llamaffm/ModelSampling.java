package io.github.llamaffm;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the metadata of a model says about sampling, read as llama.cpp's tools do: where a text begins with a number. */
final class ModelSampling {

    /** The links of the tools' chain by their names in the metadata, in the tools' order. */
    static final List<String> TOOLS_ORDER =
            List.of("penalties", "dry", "topnsigma", "topk", "typp", "topp", "minp", "xtc", "temperature");

    private static final Map<String, String> OTHER_NAMES = Map.of("nucleus", "topp", "temp", "temperature", "typ", "typp");
    private static final Pattern NUMBER = Pattern.compile("\\s*([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?).*", Pattern.DOTALL);

    private final ModelInfo info;

    ModelSampling(ModelInfo info) {
        this.info = info;
    }

    /** Sets what the model asks for. */
    void applyTo(SamplerOptions.Builder builder) {
        value("sequence").ifPresent(sequence -> builder.order(order(sequence)));
        number("top_k").ifPresent(k -> builder.topK(Math.max(0, k.intValue())));
        number("top_p").ifPresent(p -> builder.topP(Math.clamp(p, 0f, 1f)));
        number("min_p").ifPresent(p -> builder.minP(Math.clamp(p, 0f, 1f)));
        number("temp").ifPresent(value -> builder.temperature(Math.max(0, value)));
        if (number("xtc_probability").isPresent()) {
            builder.xtc(Math.clamp(number("xtc_probability").get(), 0f, 1f), Math.clamp(number("xtc_threshold").orElse(0.1f), 0f, 1f));
        }
        int lastTokens = number("penalty_last_n").map(Float::intValue).orElse(64);
        builder.penalties(Math.max(0, lastTokens), number("penalty_repeat").orElse(1f), 0, 0);
        float tau = number("mirostat_tau").orElse(5f);
        float eta = number("mirostat_eta").orElse(0.1f);
        switch (number("mirostat").map(Float::intValue).orElse(0)) {
            case 1 -> builder.mirostat(tau, eta);
            case 2 -> builder.mirostatV2(tau, eta);
            default -> { }
        }
    }

    private Optional<String> value(String name) {
        return info.metadata("general.sampling." + name);
    }

    private Optional<Float> number(String name) {
        return value(name).map(NUMBER::matcher).filter(Matcher::matches).map(matcher -> Float.parseFloat(matcher.group(1)));
    }

    private static List<String> order(String sequence) {
        return Stream.of(sequence.split(";"))
                .map(name -> name.toLowerCase(Locale.ROOT).replaceAll("[-_]", ""))
                .map(name -> Objects.requireNonNull(OTHER_NAMES.getOrDefault(name, name)))
                .toList();
    }
}
