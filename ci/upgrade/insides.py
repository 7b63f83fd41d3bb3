"""The part of the report about what programs and tests meet that is in no bound header: defaults, models, templates, licences."""

import os
import re

from clang.cindex import CursorKind, TranslationUnit

from clang_tree import definition
from markdown import diff, heading, table

# Enums of llama.cpp's own that our tests and tiny models go through.
ENUMS = (("src/llama-arch.h", "llm_arch"), ("src/llama-vocab.h", "llama_vocab_pre_type"))
FILES = (
    ("Chat templates", r"models/templates/.*\.jinja$"),
    ("Vocabularies", r"models/ggml-vocab-.*\.gguf$"),
    ("Chat", r"common/(chat|peg|json|jinja|parsers|reasoning|unicode|trie).*\.(cpp|h)$"),
    ("Sampling and grammars", r"src/llama-(sampler|grammar)\.(cpp|h)$"),
    ("Build files, which native/core.cmake repeats in part", r"((src|common|tools/mtmd|ggml|ggml/src(/ggml-[a-z]+)?)/)?CMakeLists\.txt$"),
    ("Licences", r"(LICENSE.*|licenses/.*|vendor/.*(LICENSE|COPYING|README).*)$"),
    ("What is bundled", r"vendor/[^/]+/[^/]+\.(h|hpp)$"),
)


def defaults(old, new, functions):
    yield from heading(2, "Defaults")
    same = []
    for name in functions:
        before, after = candidates(old, name), candidates(new, name)
        if after and before.keys() == after.keys() and all(old.read(path) == new.read(path) for path in after):
            same.append(name)
            continue
        before, after = body(old, name, before), body(new, name, after)
        if after is None:
            yield f"**`{name}` was not found**: compare it by hand."
        elif before == after:
            same.append(name)
        else:
            yield f"`{name}`:"
            yield from diff((before or "").splitlines(), after.splitlines())
    if same:
        yield f"As before: {', '.join(f'`{name}`' for name in same)}."


def candidates(tree, name):
    """The sources that seem to define a function, as our build compiles them."""
    pattern = re.compile(rf"\b{name}\s*\([^;]*\{{")
    return {unit.source: unit for unit in tree.units if pattern.search(tree.read(unit.source) or "")}


def body(tree, name, units):
    return next((text for unit in units.values() if (text := definition(tree, unit, name))), None)


def is_default(declaration):
    return declaration.kind == "function" and re.search(r"(default_params|params_default|params_init)$", declaration.name)


def constants(tree, path, name):
    if tree.read(path) is None:
        return {}
    parsed = tree.parse(os.path.join(tree.root, path), ["-x", "c++", "-std=c++17", *tree.folders()], TranslationUnit.PARSE_INCOMPLETE)
    for cursor in parsed.cursor.get_children():
        if cursor.kind == CursorKind.ENUM_DECL and cursor.spelling == name:
            return {c.spelling: c.enum_value for c in cursor.get_children() if c.kind == CursorKind.ENUM_CONSTANT_DECL}
    return {}


def insides(old, new):
    yield from heading(2, "Inside llama.cpp")
    rows = []
    for path, name in ENUMS:
        was, now = constants(old, path, name), constants(new, path, name)
        if not now:
            rows.append([f"`{name}`", "**not found**", "", ""])
            continue
        rows.append([f"`{name}` ({len(now)})", listed(now.keys() - was.keys()), listed(was.keys() - now.keys()), ""])
    for title, pattern in FILES:
        was, now = (matching(tree.root, pattern) for tree in (old, new))
        both = {path for path in was & now if same(old, new, path) is False}
        rows.append([f"{title} ({len(now)})", listed(now - was), listed(was - now), listed(both)])
    yield from table(["", "new", "gone", "changed"], rows)


def matching(root, pattern):
    found = set()
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f != ".git"]
        paths = (os.path.relpath(os.path.join(folder, name), root) for name in names)
        found.update(path for path in paths if re.match(pattern, path))
    return found


def same(old, new, path):
    contents = []
    for tree in (old, new):
        with open(os.path.join(tree.root, path), "rb") as file:
            contents.append(file.read())
    return contents[0] == contents[1]


def listed(names):
    return ", ".join(f"`{name}`" for name in sorted(names))


def named_in(repository, release, files):
    """Our files that name the old release."""
    yield from heading(2, f"Files of ours that name {release}")
    rows = []
    for path in files:
        with open(os.path.join(repository, path), encoding="utf-8", errors="replace") as file:
            lines = [str(n) for n, line in enumerate(file, 1) if release in line]
        rows.append([f"`{path}`", ", ".join(lines)])
    yield "What was measured or seen stays; what says what is true now does not."
    yield from table(["file", "lines"], rows)
