package io.github.llamaffm.internal.events;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("io.github.llamaffm.Load")
@Label("Load")
@Category("llama-ffm")
@Description("The loading of a model")
@Enabled(false)
@StackTrace(false)
final class LoadEvent extends Event implements LoadSpan {

    @Label("Model")
    @Description("Name of the model's file, without folders; of a split model that of the first file")
    final String model;

    @Label("Vocabulary Only")
    @Description("Whether the weights were left out")
    final boolean vocabularyOnly;

    @Label("Files")
    @Description("Files that the model came from")
    int files;

    @Label("Size")
    @Description("Bytes of all tensors")
    @DataAmount
    long size;

    @Label("Architecture")
    @Description("As the file names it; empty where there is no model")
    String architecture = "";

    @Label("Parameters")
    @Description("Weights, counted one by one")
    long parameters;

    @Label("Completed")
    @Description("Whether the model is there; false where that failed or was cancelled")
    boolean completed;

    LoadEvent(String model, boolean vocabularyOnly) {
        this.model = model;
        this.vocabularyOnly = vocabularyOnly;
        begin();
    }

    @Override
    public void loaded(int fileCount, LongSupplier bytes, Supplier<String> name, LongSupplier parameterCount) {
        files = fileCount;
        size = bytes.getAsLong();
        architecture = name.get();
        parameters = parameterCount.getAsLong();
    }

    @Override
    public void ends(boolean done) {
        completed = done;
        commit();
    }
}
