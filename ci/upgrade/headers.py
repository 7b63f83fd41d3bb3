"""The part of the report about the bound headers."""

import re
from dataclasses import dataclass

from declarations import Declaration, declarations, types_only
from markdown import code, diff, heading, table

KINDS = ("function", "struct", "union", "enum", "constant", "typedef", "define", "variable")


@dataclass(frozen=True)
class Change:
    old: Declaration
    new: Declaration

    @property
    def lines(self):
        return list(differences(self.old, self.new))


def differences(old, new):
    if old.kind == "function" and old.text != new.text and types_only(old.text) == types_only(new.text):
        yield f"`{old.text}` → `{new.text}` (names of parameters only)"
    elif old.text != new.text:
        yield f"`{old.text}` → `{new.text}`"
    if old.deprecated != new.deprecated:
        yield "deprecated now" if new.deprecated else "no longer deprecated"
    before, after = ({f[0]: f[1:] for f in d.fields} for d in (old, new))
    moved = []
    for name, (type_, offset) in after.items():
        if name not in before:
            yield f"new field `{type_} {name}` at {offset}"
        elif before[name][0] != type_:
            yield f"field `{name}`: `{before[name][0]}` → `{type_}`"
        elif before[name][1] != offset:
            moved.append(f"`{name}` {before[name][1]} → {offset}")
    for name, (type_, _) in before.items():
        if name not in after:
            yield f"field `{type_} {name}` is gone"
    if moved:
        yield "moved: " + ", ".join(moved)


class Headers:
    def __init__(self, old, new, umbrella, own_folder, allowed):
        self.names = old.name, new.name
        self.old, self.old_headers, self.old_errors = declarations(old, umbrella, own_folder)
        self.new, self.new_headers, self.new_errors = declarations(new, umbrella, own_folder)
        self.allowed = allowed
        self.added = [self.new[key] for key in sorted(self.new.keys() - self.old.keys())]
        self.removed = [self.old[key] for key in sorted(self.old.keys() - self.new.keys())]
        both = [Change(self.old[key], self.new[key]) for key in sorted(self.new.keys() & self.old.keys())]
        self.changed = [change for change in both if change.lines]
        self.comments = [c for c in both if c.old.comment != c.new.comment and self.is_bound(c.new)]

    def is_bound(self, declaration):
        # An enum is bound by its constants.
        return declaration.name in self.allowed

    def report(self):
        yield from heading(2, "The bound headers")
        for name, errors in zip(self.names, (self.old_errors, self.new_errors)):
            if errors:
                yield f"**The headers of {name} could not be read whole**, so what follows may lack something:"
                yield from code("", errors)
        yield from self.summary()
        yield from self.reached()
        yield from self.gone()
        yield from heading(3, "Changed, and bound")
        yield from changes([c for c in self.changed if self.is_bound(c.new)])
        yield from self.news()
        yield from heading(3, "Changed or gone, not bound")
        yield from changes([c for c in self.changed if not self.is_bound(c.new)], [d for d in self.removed if not self.is_bound(d)])
        yield from heading(3, "Comments that changed, of what is bound")
        for change in self.comments:
            yield f"`{change.new.name}`:"
            yield from diff(change.old.comment.splitlines(), change.new.comment.splitlines())
        if not self.comments:
            yield "None."

    def summary(self):
        rows = []
        for kind in KINDS:
            of = [[d for d in some if d.kind == kind] for some in (self.added, self.removed, [c.new for c in self.changed])]
            bound = [len([d for d in some if self.is_bound(d)]) for some in of]
            total = [d for d in self.new.values() if d.kind == kind]
            if total:
                share = "by their constants" if kind == "enum" else f"{len([d for d in total if self.is_bound(d)])} of {len(total)}"
                rows.append([kind, *[f"{len(some)} ({n})" if some else "" for some, n in zip(of, bound)], share])
        yield from table(["", "new (bound already)", "gone (bound)", "changed (bound)", f"bound of {self.names[1]}"], rows)

    def reached(self):
        for header in sorted(self.new_headers - self.old_headers):
            yield f"- `{header}` is reached now: add it to the list of headers in `ci/bindings`."
        for header in sorted(self.old_headers - self.new_headers):
            yield f"- `{header}` is not reached any more: take it out of the list of headers in `ci/bindings`."

    def gone(self):
        gone = [d for d in self.removed if self.is_bound(d)]
        yield from heading(3, "Gone, and bound")
        if not gone:
            yield "None: `includes.txt` names nothing that is not there."
            return
        yield "`ci/bindings` refuses them: take them out of `includes.txt`, and out of what calls them."
        yield from code("", [d.include for d in gone])

    def news(self):
        yield from heading(3, "New")
        yield from table(["declared", "in", ""], [[f"`{shown(d)}`", header_of(d), self.remark(d)] for d in self.added])
        left = [d for d in self.added if not self.is_bound(d) and d.kind != "enum" and not d.deprecated]
        if left:
            yield "For `includes.txt` to take or to leave (its head says what is left out):"
            yield from code("", [d.include for d in left])

    def remark(self, declaration):
        remarks = [
            (self.is_bound(declaration), "bound already"),
            (declaration.deprecated, "deprecated"),
            (declaration.takes_file, "takes a FILE *"),
        ]
        return ", ".join(text for true, text in remarks if true)


def header_of(declaration):
    return f"`{declaration.header.rsplit('/', 1)[-1]}`"


def shown(declaration):
    if declaration.kind == "function":
        return declaration.text
    joint = ": " if declaration.fields or declaration.kind in ("struct", "union", "enum", "typedef") else " = "
    text = f"{declaration.kind} {declaration.name}{joint}{declaration.text}"
    return text + "".join(f"; {type_} {name}" for name, type_, _ in declaration.fields)


def changes(changed, removed=()):
    rows = [[f"{c.new.kind} `{c.new.name}`", header_of(c.new), "<br>".join(c.lines)] for c in changed]
    rows += [[f"{d.kind} `{d.name}`", header_of(d), "gone"] for d in removed]
    yield from table(["", "in", "what"], rows)


def allow_list(files):
    """The names in jextract's argument files."""
    names = set()
    for file in files:
        with open(file, encoding="utf-8") as lines:
            names.update(match.group(1) for match in map(re.compile(r"--include-\w+ (\w+)").match, lines) if match)
    return names
