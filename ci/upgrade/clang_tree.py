"""A folder of llama.cpp's sources, as libclang reads it."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field

from clang.cindex import Config, CursorKind, Index, TranslationUnit

Config.set_compatibility_check(False)

# KeepGoing: a header that is not found, or that only another compiler understands, costs what it declares and no more.
KEEP_GOING = 0x200
BUILD_FILE = "native/core.cmake"
FOLDERS = ("include", "ggml/include", "tools/mtmd")


def compiler_headers():
    """The folder of stddef.h and its kin, which the wheel of libclang lacks."""
    answer = subprocess.run([os.environ.get("CC", "cc"), "-print-file-name=include"], capture_output=True, text=True, check=True)
    return ["-isystem", answer.stdout.strip()]


@dataclass(frozen=True)
class Unit:
    """A source of llama.cpp as our build compiles it."""

    source: str
    arguments: tuple
    included: tuple  # headers of ours, included by force; the build file, where it renames functions

    @property
    def defines(self):
        return [word for word in self.arguments if word.startswith("-D")]

    @property
    def weight(self):
        return len(self.included), len(self.arguments)


@dataclass
class Tree:
    root: str
    name: str
    units: list = field(default_factory=list)
    compiler: list = field(default_factory=compiler_headers)

    def inside(self, cursor):
        """The path in this tree of the file that declares it, or None."""
        file = cursor.location.file
        if file is None:
            return None
        path = os.path.relpath(os.path.realpath(file.name), self.root)
        return None if path.startswith("..") else path

    def parse(self, path, arguments, options=TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD):
        return Index.create().parse(path, [*arguments, *self.compiler, "-ferror-limit=0", "-w"], options=options | KEEP_GOING)

    def folders(self):
        return [f"-I{os.path.join(self.root, folder)}" for folder in FOLDERS]

    def read(self, path):
        try:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace", newline="") as file:
                return file.read()
        except (FileNotFoundError, IsADirectoryError):
            return None

    def load_units(self, commands, repository):
        """Reads CMake's compile_commands.json. A source that is compiled many times counts once: as ours, where most is switched on."""
        found = {}
        with open(commands, encoding="utf-8") as file:
            entries = json.load(file)
        for entry in entries:
            source = os.path.relpath(os.path.realpath(entry["file"]), self.root)
            words = entry.get("arguments") or shlex.split(entry["command"])
            included = [word for before, word in zip(words, words[1:]) if before == "-include"]
            own = tuple(os.path.relpath(os.path.realpath(name), repository) for name in included)
            if renamed(words):
                own += (BUILD_FILE,)
            unit = Unit(source, tuple(plain(words)), own)
            if not source.startswith("..") and (source not in found or unit.weight > found[source].weight):
                found[source] = unit
        self.units = [found[source] for source in sorted(found)]


def renamed(words):
    """What a compile definition makes a function of the shim."""
    return re.findall(r"-D(\w+)=lf_\w+", " ".join(words))


def plain(words):
    """The arguments of a compiler's command that say how a source is read."""
    kept, skip = [], True
    for word in words:
        if not skip and word not in ("-c", "-o") and not re.search(r"\.(c|cc|cpp)$", word):
            kept.append(word)
        skip = word == "-o"
    return kept


def definition(tree, unit, name):
    """The text of the function that a source defines, or None."""
    parsed = tree.parse(os.path.join(tree.root, unit.source), list(unit.arguments), TranslationUnit.PARSE_NONE)
    for cursor in walk(parsed.cursor):
        if cursor.kind == CursorKind.FUNCTION_DECL and cursor.spelling == name and cursor.is_definition():
            text = tree.read(unit.source).encode()[cursor.extent.start.offset : cursor.extent.end.offset].decode()
            return "\n".join(line.rstrip() for line in text.splitlines())
    return None


def walk(cursor):
    """What is declared outside functions and types; functions may be inside `extern "C"`."""
    for child in cursor.get_children():
        yield child
        if child.kind == CursorKind.LINKAGE_SPEC:
            yield from walk(child)
