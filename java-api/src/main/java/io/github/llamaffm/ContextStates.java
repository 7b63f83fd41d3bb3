package io.github.llamaffm;

import io.github.llamaffm.internal.state.AtomicFile;
import io.github.llamaffm.internal.state.BadStateException;
import io.github.llamaffm.internal.state.SavedSequence;
import io.github.llamaffm.internal.state.StateHeader;
import io.github.llamaffm.internal.state.StateReader;
import io.github.llamaffm.internal.state.StateSink;
import io.github.llamaffm.internal.state.StateSource;
import io.github.llamaffm.internal.state.StateWriter;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Saves and restores what a context has computed. For callers inside a call of the context. */
final class ContextStates {

    private static final String ARRAY = "the state";

    private final NativeContext context;

    /** They stay as they are while the context lives, and take longer to collect than a short state to copy. */
    private @Nullable Map<String, String> facts;

    ContextStates(NativeContext context) {
        this.context = context;
    }

    byte[] save(NativeSequence sequence, Stop stop) {
        prepare(stop);
        return toArray(new StateTransfer(context, sequence.id()), List.of(sequence), false);
    }

    void save(NativeSequence sequence, Path file, Stop stop) {
        prepare(stop);
        toFile(new StateTransfer(context, sequence.id()), List.of(sequence), false, file);
    }

    void save(NativeSequence sequence, String name, StateSink sink, Stop stop) {
        prepare(stop);
        StateTransfer transfer = new StateTransfer(context, sequence.id());
        toSink(name, header(transfer, List.of(sequence), false), header -> write(transfer, header, sink));
    }

    byte[] saveAll(Stop stop) {
        prepare(stop);
        return toArray(new StateTransfer(context, StateTransfer.ALL), context.sequences().settled(), true);
    }

    void saveAll(Path file, Stop stop) {
        prepare(stop);
        toFile(new StateTransfer(context, StateTransfer.ALL), context.sequences().settled(), true, file);
    }

    void restore(NativeSequence sequence, byte[] state) {
        fromArray(state, reader -> restore(sequence, ARRAY, reader));
    }

    void restore(NativeSequence sequence, Path file) {
        fromFile(file, reader -> restore(sequence, file.toString(), reader));
    }

    void restore(NativeSequence sequence, String name, StateSource source) {
        fromSource(name, source, reader -> restore(sequence, name, reader));
    }

    List<Sequence> loadAll(byte[] state) {
        return fromArray(state, reader -> loadAll(ARRAY, reader));
    }

    List<Sequence> loadAll(Path file) {
        return fromFile(file, reader -> loadAll(file.toString(), reader));
    }

    private StateHeader header(StateTransfer transfer, List<NativeSequence> sequences, boolean wholeContext) {
        return new StateHeader(wholeContext, facts(),
                sequences.stream().map(NativeSequence::saved).toList(), transfer.size());
    }

    private Map<String, String> facts() {
        Map<String, String> all = facts;
        if (all == null) {
            all = StateFacts.of(context);
            facts = all;
        }
        return all;
    }

    private void prepare(Stop stop) {
        requireMemory();
        if (!context.cache().update(stop)) {
            throw KvCache.waitCancelled();
        }
    }

    /** What an encoder made, and what a model without memory did, is in no state. */
    private void requireMemory() {
        if (context.model().info().hasEncoder()) {
            throw new StateException("the model has an encoder, whose output is part of no state");
        }
        if (context.cache().kind() == MemoryKind.NONE) {
            throw new StateException("this model keeps nothing of its tokens: there is no state to save");
        }
    }

    private byte[] toArray(StateTransfer transfer, List<NativeSequence> sequences, boolean wholeContext) {
        StateHeader header = header(transfer, sequences, wholeContext);
        try {
            byte[] all = new byte[header.arrayLength()];
            write(transfer, header, StateSink.array(all));
            return all;
        } catch (BadStateException e) {
            throw new StateException(ARRAY + " " + e.getMessage(), List.of(), e);
        } catch (IOException e) {
            throw new AssertionError("an array takes what fits", e);
        }
    }

    private void toFile(StateTransfer transfer, List<NativeSequence> sequences, boolean wholeContext, Path path) {
        toSink(path.toString(), header(transfer, sequences, wholeContext), header -> {
            try (AtomicFile file = new AtomicFile(path)) {
                write(transfer, header, file);
                file.commit();
            }
        });
    }

    private interface Writing {
        void write(StateHeader header) throws IOException;
    }

    private static void toSink(String name, StateHeader header, Writing writing) {
        try {
            writing.write(header);
        } catch (ClosedByInterruptException e) {
            throw new CancelledException("the thread was interrupted while it wrote " + name);
        } catch (IOException e) {
            throw new StateException("cannot write %d bytes to %s: %s".formatted(header.totalLength(), name, e), List.of(), e);
        }
    }

    private static void write(StateTransfer transfer, StateHeader header, StateSink sink) throws IOException {
        StateWriter writer = new StateWriter(sink, header);
        writer.begin();
        transfer.write(writer::payload);
        writer.end();
    }

    private interface Work<T> {
        T with(StateReader reader) throws IOException;
    }

    private static <T> T fromArray(byte[] state, Work<T> work) {
        try {
            return work.with(StateReader.open(StateSource.array(state)));
        } catch (BadStateException e) {
            throw new StateException(ARRAY + " " + e.getMessage(), List.of(), e);
        } catch (IOException e) {
            throw new AssertionError("an array can be read", e);
        }
    }

    private static <T> T fromFile(Path file, Work<T> work) {
        if (Files.isDirectory(file)) {
            throw new StateException(file + " is a directory");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return fromSource(file.toString(), StateSource.file(channel), work);
        } catch (NoSuchFileException e) {
            throw new StateException(file + " does not exist", List.of(), e);
        } catch (IOException e) {
            throw new StateException(file + " cannot be read: " + e, List.of(), e);
        }
    }

    private static <T> T fromSource(String name, StateSource source, Work<T> work) {
        try {
            return work.with(StateReader.open(source));
        } catch (BadStateException e) {
            throw new StateException(name + " " + e.getMessage(), List.of(), e);
        } catch (ClosedByInterruptException e) {
            throw new CancelledException("the thread was interrupted while it read " + name);
        } catch (IOException e) {
            throw new StateException(name + " cannot be read: " + e, List.of(), e);
        }
    }

    private Void restore(NativeSequence sequence, String name, StateReader reader) throws IOException {
        StateHeader header = reader.header();
        if (header.wholeContext() || header.sequences().size() != 1) {
            throw new StateException(
                    "%s is the state of a whole context with %d sequences; load it with Context.loadState"
                            .formatted(name, header.sequences().size()));
        }
        requireFits(name, header);
        SavedSequence saved = header.sequences().getFirst();
        int room = context.sequences().roomWithout(sequence);
        if (saved.decoded() > room) {
            throw new NoKvSpaceException(saved.decoded(), room, context.sequenceSize(), List.of());
        }
        boolean done = false;
        try {
            // llama.cpp leaves what is there where the state has no cells.
            context.cache().clear(sequence.id());
            new StateTransfer(context, sequence.id()).read(header.payloadLength(), reader::payload);
            done = true;
        } finally {
            if (!done && !context.isPoisoned()) {
                sequence.computeAgain();
            }
        }
        sequence.become(saved, false);
        return null;
    }

    private List<Sequence> loadAll(String name, StateReader reader) throws IOException {
        StateHeader header = reader.header();
        if (!header.wholeContext()) {
            throw new StateException(name + " is the state of one sequence; restore it with Sequence.restore");
        }
        int leased = context.sequences().settled().size();
        if (leased > 0) {
            throw new IllegalStateException(
                    "a state is loaded into a context without sequences, %d are leased; close them".formatted(leased));
        }
        requireFits(name, header);
        int most = header.sequences().stream().mapToInt(SavedSequence::id).max().orElse(-1);
        if (most >= context.maxSequences()) {
            throw new StateException("%s has a sequence %d, this context has %d sequences from 0 on; raise maxSequences"
                    .formatted(name, most, context.maxSequences()));
        }
        new StateTransfer(context, StateTransfer.ALL).read(header.payloadLength(), reader::payload);
        return context.sequences().adopt(header.sequences());
    }

    private void requireFits(String name, StateHeader header) {
        requireMemory();
        if (header.sequences().stream().map(SavedSequence::id).distinct().count() < header.sequences().size()) {
            throw new StateException(name + " has two sequences of the same id");
        }
        StateFacts.requireEqual(name, header.facts(), facts());
        int vocabulary = context.model().info().vocabularySize();
        for (SavedSequence sequence : header.sequences()) {
            int last = -1;
            for (int i = 0; i < sequence.tokens().length; i++) {
                if (sequence.tokens()[i] < History.EMBEDDING || sequence.tokens()[i] >= vocabulary || sequence.positions()[i] <= last) {
                    throw new StateException("%s has token %d at position %d after position %d; the vocabulary has %d".formatted(
                            name, sequence.tokens()[i], sequence.positions()[i], last, vocabulary));
                }
                last = sequence.positions()[i];
            }
            if (sequence.id() < 0 || sequence.decoded() > context.sequenceSize()) {
                throw new StateException("%s has a sequence %d with %d tokens in the cache, this context has room for %d"
                        .formatted(name, sequence.id(), sequence.decoded(), context.sequenceSize()));
            }
        }
    }

    /** @throws StateException if native code failed */
    static long require(long result) {
        if (result >= 0) {
            return result;
        }
        NativeError error = NativeError.last();
        throw error.isShutdown()
                ? new ShutdownException()
                : new StateException("llama.cpp refused: " + error.summary(), error.log(), null);
    }
}
