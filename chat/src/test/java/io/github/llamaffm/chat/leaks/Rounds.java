package io.github.llamaffm.chat.leaks;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.chat.AnswerFormat;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.Chat;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.ChatModelOptions;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.Reply;
import io.github.llamaffm.chat.SchemaException;
import io.github.llamaffm.chat.TemplateException;
import io.github.llamaffm.chat.Tool;
import io.github.llamaffm.chat.ToolLoop;
import io.github.llamaffm.chat.UpstreamChat;
import io.github.llamaffm.support.Collected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is done again and again. */
enum Rounds {

    /** A chat model of its own, asked once. */
    OPEN {
        @Override
        void run(Fixture fixture, int number) {
            try (ChatModel chatModel = fixture.closed().watch(ChatModel.of(fixture.model(), options().build()))) {
                chatModel.ask("Hello " + number, FEW);
            }
        }
    },

    /** Replies that are read, left, cancelled and closed. */
    REPLY {
        @Override
        void run(Fixture fixture, int number) {
            Cancellation token = Cancellation.create();
            Reply reply = fixture.closed().watch(fixture.chatModel().reply(HELLO, FEW.maxTokens(40).cancellation(token)));
            switch (number % 5) {
                case 0 -> reply.answer();
                case 1 -> reply.iterator().next();
                case 2 -> reply.cancel();
                case 3 -> token.cancel();
                default -> { }
            }
            reply.close();
        }
    },

    /** Formats and calls, each with a grammar and a parser of its own. */
    FORMAT {
        @Override
        void run(Fixture fixture, int number) {
            fixture.chatModel().ask("Hello", FEW.format(AnswerFormat.schema("{\"enum\":[\"a\",\"b%d\"]}".formatted(number))));
            Tool tool = Tool.declared("find", "Finds.", "{\"type\":\"object\",\"properties\":{\"n\":{\"const\":%d}}}".formatted(number));
            fixture.chatModel().ask("Hello", FEW.tools(tool).toolLoop(ToolLoop.manual()));
        }
    },

    /** Conversations that grow, fork, are saved and come back. */
    CHAT {
        @Override
        void run(Fixture fixture, int number) throws IOException {
            Chat chat = fixture.chatModel().newChat("You are " + number % 3);
            chat.ask("Hello", FEW);
            Chat fork = chat.fork();
            fork.ask("More", FEW);
            Path file = fixture.folder().resolve("chat");
            fork.save(file);
            chat.restore(file);
            Files.delete(file);
            chat.release();
            fork.release();
        }
    },

    /** Templates that do not parse, do not render, and say no. */
    TEMPLATE_FAILS {
        @Override
        void run(Fixture fixture, int number) {
            for (String template : List.of("{{ messages( }}", "{% if 1 %}", "{{ nothing() }}", "{{ raise_exception('no') }}")) {
                fails(TemplateException.class, () -> {
                    try (ChatModel chatModel = ChatModel.of(fixture.model(), options().template(template).build())) {
                        chatModel.ask("Hello", FEW);
                    }
                });
            }
        }
    },

    /** The template is open when the context does not fit. */
    CONTEXT_FAILS {
        @Override
        void run(Fixture fixture, int number) {
            fails(InsufficientMemoryException.class, () -> ChatModel.of(fixture.model(),
                    ChatModelOptions.builder().context(ContextOptions.builder().contextSize(2_147_483_392).build()).build()));
        }
    },

    /** Questions that are refused before and behind the template. */
    REFUSED {
        @Override
        void run(Fixture fixture, int number) {
            fails(SchemaException.class, () -> fixture.chatModel().ask("Hello", FEW.format(AnswerFormat.schema("{\"type\":\"" + number + "\"}"))));
            fails(RuntimeException.class, () -> fixture.chatModel().ask("word ".repeat(2_000), FEW));
            fails(IllegalArgumentException.class, () -> fixture.chatModel().ask("\uD800", FEW));
        }
    },

    /** Leaks on purpose: what the count must find. */
    FORGOTTEN {
        @Override
        void run(Fixture fixture, int number) {
            fixture.model().newSampler(SamplerOptions.greedy());
        }
    };

    private static final AskOptions.Values FEW = AskOptions.maxTokens(3).sampler(SamplerOptions.greedy());
    private static final List<Message> HELLO = List.of(Message.user("Hello"));

    abstract void run(Fixture fixture, int number) throws IOException;

    /** What rounds share. */
    record Fixture(Model model, ChatModel chatModel, Path folder, Collected closed) {

        static Fixture of(Model model, Path folder) {
            // A template with calls of tools.
            return new Fixture(model, ChatModel.of(model, options().template(UpstreamChat.source("Qwen-Qwen2.5-7B-Instruct")).build()), folder, new Collected());
        }
    }

    private static ChatModelOptions.Builder options() {
        return ChatModelOptions.builder().context(ContextOptions.builder().contextSize(1024).threads(1).build());
    }

    private static void fails(Class<? extends RuntimeException> how, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            if (how.isInstance(e)) {
                return;
            }
            throw e;
        }
        throw new AssertionError("expected " + how.getSimpleName());
    }
}
