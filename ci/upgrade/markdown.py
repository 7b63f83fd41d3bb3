"""Pieces of Markdown, as lines."""

import difflib


def heading(level, text):
    yield ""
    yield f"{'#' * level} {text}"
    yield ""


def table(head, rows):
    if not rows:
        yield "None."
        return
    yield ""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""


def code(language, lines):
    yield ""
    yield f"```{language}"
    yield from lines
    yield "```"
    yield ""


def diff(old, new, context=1):
    lines = list(difflib.unified_diff(old, new, lineterm="", n=context))[2:]
    yield from code("diff", ["…" if line.startswith("@@") else line.rstrip() for line in lines][1:])
