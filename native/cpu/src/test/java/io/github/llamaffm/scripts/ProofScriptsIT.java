package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions of {@code ci/lib.sh} and {@code ci/gpu-proof}, whose programs need a GPU. */
class ProofScriptsIT {

    private Checkout checkout;

    @BeforeEach
    void copy(@TempDir Path folder) {
        checkout = new Checkout(folder);
        checkout.copyScript("ci/gpu-proof");
        checkout.copyScript("ci/metal-proof");
    }

    /** What a script prints that has the functions of another one. */
    private String with(String functions, String script) {
        checkout.write("ci/try", ". ci/" + functions + "\n" + script);
        return Checkout.prepare(checkout.root, "bash", "ci/try");
    }

    @Test
    void theFirstOfSeveralFoldersHasTheCore() {
        assertThat(with("lib.sh", """
                for path in /a /a:/b ::/a:/b '/a b:/c'; do
                    LLAMAFFM_LIBRARY_PATH=$path cpu_natives
                done
                """).lines()).containsExactly("/a", "/a", "/a", "/a b");
    }

    @Test
    void withoutAFolderTheNativesAreBuilt() {
        checkout.write("native/build", "");
        assertThat(with("lib.sh", """
                printf '#!/bin/sh\\necho "made $*"\\n' >native/build
                LLAMAFFM_LIBRARY_PATH= cpu_natives
                """)).isEqualTo("made cpu");
    }

    /** What was found on one card is not taken for another. */
    @Test
    void eachCardHasItsOwnResults() {
        String found = with("gpu-proof", """
                work=$PWD/build into=$work/report
                run_java() { for word in "$@"; do case $word in -Dgpu.work=*) echo "${word##*/}" ;; esac; done; }
                find_libraries() { :; }
                nvidia-smi() { case $* in *uuid*) echo "$uuid" ;; *) echo Card ;; esac; }
                for uuid in GPU-1-a GPU-2-b GPU-1-a '[N/A]'; do
                    proof 2>&1
                done
                touch "$work/proof/GPU-1-a/kept"
                uuid=GPU-2-b; find_card; ls "$found"
                uuid=GPU-1-a; find_card; ls "$found"
                """);
        assertThat(found.lines()).containsExactly("GPU-1-a", "GPU-2-b", "GPU-1-a", "-N-A-", "kept");
    }

    @Test
    void aMachineWithoutACardHasResultsToo() {
        assertThat(with("gpu-proof", """
                work=$PWD/build
                nvidia-smi() { return 1; }
                find_card
                echo "${found##*/}"
                """)).isEqualTo("none");
    }
}
