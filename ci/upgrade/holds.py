"""The part of the report about what llama-ffm holds on to inside llama.cpp: macros, private headers, pages of ours."""

import os
import re
from collections import Counter

from clang.cindex import CursorKind, TranslationUnit

from clang_tree import BUILD_FILE, renamed
from markdown import code, heading, table

PARSE = TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD | TranslationUnit.PARSE_SKIP_FUNCTION_BODIES


def uses(tree, repository, unit):
    """For each header of ours that is included by force: where this source uses which of its macros."""
    parsed = tree.parse(os.path.join(tree.root, unit.source), list(unit.arguments), PARSE)
    found = {header: {} for header in unit.included}
    owners = {name: BUILD_FILE for name in renamed(unit.arguments)}
    for name in owners:
        found[BUILD_FILE][name] = Counter()
    for cursor in parsed.cursor.get_children():
        name = cursor.spelling
        if cursor.kind == CursorKind.MACRO_DEFINITION and cursor.location.file and not name.startswith("LLAMAFFM_"):
            owner = os.path.relpath(os.path.realpath(cursor.location.file.name), repository)
            if owner in found:
                owners[name] = owner
                found[owner].setdefault(name, Counter())
    text = (tree.read(unit.source) or "").splitlines()
    for name, line in used(parsed, lambda cursor: tree.inside(cursor) == unit.source):
        if name in owners:
            found[owners[name]][name][" ".join(text[line - 1].split())] += 1
    return found


def used(parsed, here):
    """The names of the macros that are used, with their lines; inside other macros they are used where these are defined."""
    for cursor in parsed.cursor.get_children():
        if cursor.kind == CursorKind.MACRO_INSTANTIATION and here(cursor):
            yield cursor.spelling, cursor.location.line
        elif cursor.kind == CursorKind.MACRO_DEFINITION and here(cursor):
            yield from ((token.spelling, token.location.line) for token in list(cursor.get_tokens())[1:])


class Holds:
    def __init__(self, old, new, repository, public):
        """public: the bound headers, of which another part tells."""
        self.old, self.new, self.repository, self.public = old, new, repository, public
        self.changed_files = {}

    def report(self):
        yield from heading(2, "What llama-ffm holds on to")
        yield from self.macros()
        yield from self.private_headers()
        yield from self.pages()

    def macros(self):
        yield from heading(3, "Sources that are compiled with a header of ours before them")
        pairs = [{(u.source, h): u for u in tree.units for h in u.included} for tree in (self.old, self.new)]
        rows, lines, same, unchanged = [], [], 0, set()
        for source, header in sorted(pairs[0].keys() | pairs[1].keys()):
            if not all((source, header) in some for some in pairs):
                where = [self.old.name, self.new.name][(source, header) in pairs[1]]
                rows.append([f"`{source}`", f"`{header}`", "all", f"**compiled so in {where} only**", ""])
                continue
            if self.is_same(source) and pairs[0][source, header].defines == pairs[1][source, header].defines:
                unchanged.add(source)
                continue
            before, after = (uses(t, self.repository, p[source, header])[header] for t, p in zip((self.old, self.new), pairs))
            for macro in sorted(before.keys() | after.keys()):
                was, now = before.get(macro, Counter()), after.get(macro, Counter())
                if was == now:
                    same += 1
                    continue
                mark = "**used nowhere now**" if not now else now.total()
                rows.append([f"`{source}`", f"`{header}`", f"`{macro}`", was.total(), mark])
                lines += [f"--- {source}: {macro}", *[f"-{l}" for l in (was - now).elements()], *[f"+{l}" for l in (now - was).elements()]]
        if not pairs[0] and not pairs[1]:
            yield "No build to look at."
            return
        yield f"Sources that are as they were: {len(unchanged)}. Macros that the others use as before: {same}. The rest, with the number of uses, and the lines:"
        yield from table(["source", "header", "macro", self.old.name, self.new.name], rows)
        if lines:
            yield from code("diff", lines)

    def is_same(self, path):
        return self.old.read(path) == self.new.read(path)

    def private_headers(self):
        yield from heading(3, "Headers inside llama.cpp that native/ includes")
        rows = []
        for path, users in sorted(self.included().items()):
            was, now = self.old.read(path), self.new.read(path)
            if was != now and path not in self.public:
                rows.append([f"`{path}`", ", ".join(f"`{os.path.basename(u)}`" for u in sorted(users)), self.amount(was, now)])
        yield "Read the changes of these; that the shim compiles does not say that it is right."
        yield from table(["changed", "for", "lines"], rows)

    def amount(self, was, now):
        if now is None or was is None:
            return "**gone**" if now is None else "new"
        before, after = Counter(was.splitlines()), Counter(now.splitlines())
        return f"-{(before - after).total()} +{(after - before).total()}"

    def included(self):
        folders = ("src", "ggml/src", "common", "", "ggml/include", "include", "tools/mtmd")
        found = {}
        for user in self.own_sources():
            with open(user, encoding="utf-8") as file:
                for name in re.findall(r'^#\s*include "([^"]+)"', file.read(), re.MULTILINE):
                    for folder in folders:
                        path = os.path.normpath(os.path.join(folder, name))
                        if self.old.read(path) is not None or self.new.read(path) is not None:
                            found.setdefault(path, set()).add(user)
                            break
        return found

    def own_sources(self):
        for folder, _, files in os.walk(os.path.join(self.repository, "native")):
            yield from (os.path.join(folder, f) for f in sorted(files) if f.endswith((".h", ".c", ".cpp")))

    def pages(self):
        yield from heading(3, "Pages of docs/upstream whose sources changed")
        folder = os.path.join(self.repository, "docs/upstream")
        rows = []
        for page in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
            with open(os.path.join(folder, page), encoding="utf-8") as file:
                named = set(re.findall(r"[\w./-]+\.(?:cpp|c|h|jinja)\b", file.read()))
            paths = sorted(path for name in named for path in self.resolve(name) if path not in self.public and not self.is_same(path))
            if paths and page != "README.md":
                rows.append([f"`{page}`", ", ".join(f"`{path}`" for path in dict.fromkeys(paths))])
        yield "What upstream may have cured since: see whether the page still holds."
        yield from table(["page", "changed"], rows)

    def resolve(self, name):
        """The files that a page means, which often gives a name without its folder."""
        return [path for path in self.files() if path == name or path.endswith("/" + name)]

    def files(self):
        if not self.changed_files:
            for tree in (self.old, self.new):
                for folder, _, names in os.walk(tree.root):
                    if "/.git" not in folder:
                        self.changed_files.update((os.path.relpath(os.path.join(folder, n), tree.root), True) for n in names)
        return self.changed_files
