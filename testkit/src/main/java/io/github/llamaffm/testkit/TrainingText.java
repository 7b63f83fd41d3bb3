package io.github.llamaffm.testkit;

/** What the made vocabularies are learned from. A change of it changes every tiny model. */
final class TrainingText {

    static final String TEXT = """
            The river begins in the mountains, where the snow lies until the summer. It runs through a narrow valley, past the \
            old mill and the bridge, and then it comes to the town. There are two schools in the town, a market, a library and \
            a small station from which a train leaves every hour. The people who live there say that nothing ever happens, and \
            that this is how they like it.

            One morning in the spring a young woman came out of the station with a heavy case in her hand. She asked the first \
            person that she met for the way to the library. "It is not far," said the man. "You go down this street until you \
            see the river, then you turn to the left. The library is the house with the green door. But it does not open before \
            nine." She thanked him and went on. What was in the case? Nobody knew, and everybody wanted to know.

            The library had more than ten thousand books, but only one computer. It was older than most of the readers. The \
            woman opened her case and took out a machine that was no larger than a dictionary. "This is a language model," she \
            said. "It has read more books than there are in this house, and it can answer your questions. It makes mistakes, as \
            all of us do. You have to think about what it says, and you must never let it think for you."

            "What is the capital of France?" asked one of the children. "The capital of France is Paris," wrote the machine. \
            "And how much is seven times eight?" It is 56. "Can you tell us a story?" Then the machine began to write, one word \
            after the other: Once upon a time there was a river that wanted to see the sea. The other rivers told it that the \
            way was long, that there would be stones and falls, and that the sea was salt. But the river did not listen...

            When the story was over it was late in the afternoon, and the sun was low over the hills. The children did not want \
            to go home. "Will you come again tomorrow?" they asked. The woman looked at the old man who kept the library, and \
            the old man looked at the machine. "Why not?" he said. "We are open from nine to five, on every day but Sunday. It \
            would be good if it learned to be quiet, though. After all this is still a library."

            In the years that followed many things were written about that spring: some of them were true, others were better. \
            Some people wrote programs for the machine, and they tested what they wrote, because a program that nobody has \
            tested is only a hope. A good test is small, quick and does not need the network. It says what it expects, it fails \
            when something is wrong, and it gives the same result today, tomorrow and 100 years from now.
            """;

    private TrainingText() {
    }
}
