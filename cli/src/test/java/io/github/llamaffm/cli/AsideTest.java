package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class AsideTest {

    private final StringWriter err = new StringWriter();

    private void use(Aside aside) {
        aside.progress("loading:", 0.5);
        aside.progress("loading:", 0.501);
        aside.progress("loading:", 1);
        aside.end();
        aside.thoughts("Hm, ");
        aside.thoughts("yes");
        aside.end();
        aside.end();
    }

    @Test
    void aTerminalSeesProgressAndDimThoughts() {
        use(new Aside(new PrintWriter(err), true));

        String clear = "\r\u001b[K";
        assertThat(err).hasToString(clear + "loading: 50 %" + clear + "loading: 100 %" + clear
                + "\u001b[2mHm, yes\u001b[22m" + System.lineSeparator());
    }

    @Test
    void elsewhereItIsNothing() {
        use(new Aside(new PrintWriter(err), false));

        assertThat(err.toString()).isEmpty();
    }
}
