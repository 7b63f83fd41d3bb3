package io.github.llamaffm;

import io.github.llamaffm.internal.IntList;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a query and a passage become one text for a model that ranks: {@code format_prompt_rerank} of llama-server. */
sealed interface PairTemplate {

    /** Where the model's file has its template. */
    String METADATA = "tokenizer.chat_template.rerank";

    /** The tokens of a pair whose passage is cut down, as far as the truncation allows, to what the limit leaves. */
    PreparedText encode(String query, String passage, Truncation truncation, int limit);

    /** @throws RankingException if nothing says how */
    static PairTemplate of(NativeModel model, Optional<String> asked) {
        Optional<String> template = asked.or(() -> model.info().metadata(METADATA));
        if (template.isPresent()) {
            return new Text(model.tokenizer(), template.get());
        }
        NativeTokenizer tokenizer = model.tokenizer();
        OptionalInt end = tokenizer.eos().isPresent() ? tokenizer.eos() : tokenizer.sep();
        if (tokenizer.addsEos() && end.isPresent() || tokenizer.addsSep() && tokenizer.sep().isPresent()) {
            return new Tokens(tokenizer, end);
        }
        throw new RankingException(("the model has no %s in its metadata, and its vocabulary adds neither EOS nor a separator: nothing"
                + " parts query and passage; set RerankerOptions.template").formatted(METADATA));
    }

    /** @throws IllegalArgumentException if one of the two has no place */
    static void requirePlaces(String template) {
        if (!template.contains("{query}") || !template.contains("{document}")) {
            throw new IllegalArgumentException("the template lacks {query} or {document}: " + template);
        }
    }

    /** A text with places for both. */
    record Text(NativeTokenizer tokenizer, String template) implements PairTemplate {

        private static final Pattern PLACE = Pattern.compile("\\{(query|document)}");

        @Override
        public PreparedText encode(String query, String passage, Truncation truncation, int limit) {
            int[] whole = encode(query, passage);
            if (whole.length <= limit) {
                return PreparedText.of(whole, false);
            }
            // Tokens reach across the borders of the places, so the passage is cut as text.
            int fits = 0;
            int tooMuch = truncation == Truncation.REFUSE ? 1 : passage.codePointCount(0, passage.length());
            while (fits + 1 < tooMuch) {
                int middle = (fits + tooMuch) >>> 1;
                if (encode(query, part(passage, middle, truncation)).length <= limit) {
                    fits = middle;
                } else {
                    tooMuch = middle;
                }
            }
            if (fits == 0) {
                throw TokenCut.tooLong(whole.length, limit);
            }
            return PreparedText.of(encode(query, part(passage, fits, truncation)), true);
        }

        private static String part(String passage, int codePoints, Truncation truncation) {
            return truncation == Truncation.KEEP_START
                    ? passage.substring(0, passage.offsetByCodePoints(0, codePoints))
                    : passage.substring(passage.offsetByCodePoints(passage.length(), -codePoints));
        }

        private int[] encode(String query, String passage) {
            // Both in one go: a query may have the name of a place in it.
            return tokenizer.encode(PLACE.matcher(template).replaceAll(place ->
                    Matcher.quoteReplacement(place.group(1).equals("query") ? query : passage)), false, true);
        }
    }

    /** BOS, query, EOS, separator, passage, EOS, as far as the vocabulary wants each. */
    record Tokens(NativeTokenizer tokenizer, OptionalInt end) implements PairTemplate {

        @Override
        public PreparedText encode(String query, String passage, Truncation truncation, int limit) {
            IntList pair = new IntList();
            if (tokenizer.addsBos()) {
                tokenizer.bos().ifPresent(pair::add);
            }
            pair.addAll(tokenizer.encode(query));
            if (tokenizer.addsEos()) {
                end.ifPresent(pair::add);
            }
            if (tokenizer.addsSep()) {
                tokenizer.sep().ifPresent(pair::add);
            }
            int head = pair.size();
            pair.addAll(tokenizer.encode(passage));
            int behindPassage = pair.size();
            if (tokenizer.addsEos()) {
                end.ifPresent(pair::add);
            }
            int[] tokens = pair.toArray();
            return tokens.length <= limit
                    ? PreparedText.of(tokens, false)
                    : PreparedText.of(new TokenCut(truncation, limit).cut(tokens, head, tokens.length - behindPassage), true);
        }
    }
}
