"""Compares two folders of llama.cpp's sources and prints, as Markdown, what llama-ffm has to know. Run by ci/upgrade/report."""

import argparse
import os
import subprocess
import sys

from clang_tree import Tree
from headers import Headers, allow_list
from holds import Holds
from insides import defaults, insides, is_default, named_in


def main():
    parser = argparse.ArgumentParser()
    for side in ("old", "new"):
        parser.add_argument(f"--{side}", required=True, metavar="FOLDER")
        parser.add_argument(f"--{side}-name", required=True)
        parser.add_argument(f"--{side}-commands", metavar="compile_commands.json")
    parser.add_argument("--repository", required=True)
    arguments = parser.parse_args()
    repository = os.path.realpath(arguments.repository)
    generated = os.path.join(repository, "bindings/src/generated")

    old = Tree(os.path.realpath(arguments.old), arguments.old_name)
    new = Tree(os.path.realpath(arguments.new), arguments.new_name)
    for tree, commands in ((old, arguments.old_commands), (new, arguments.new_commands)):
        if commands:
            tree.load_units(commands, repository)

    allowed = allow_list([os.path.join(generated, name) for name in ("includes.txt", "includes-derived.txt")])
    headers = Headers(old, new, os.path.join(generated, "llamaffm_bindings.h"), os.path.join(repository, "native/shim"), allowed)
    functions = sorted(name for (_, name), declaration in headers.new.items() if is_default(declaration))
    lines = [f"# llama.cpp {old.name} to {new.name}", "", "Written by `ci/upgrade-llama.cpp`; [Upgrading](../upgrading.md) says how to read it."]
    for part in (
        headers.report(),
        defaults(old, new, functions),
        insides(old, new),
        Holds(old, new, repository, headers.old_headers | headers.new_headers).report(),
        named_in(repository, old.name, naming(repository, old.name)),
    ):
        lines += part
    print(tidy(lines))


def naming(repository, release):
    command = ["git", "-C", repository, "grep", "-lwF", "-e", release, "--", ":!docs/upgrading*", ":!CHANGELOG.md"]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def tidy(lines):
    """No two empty lines in a row."""
    kept = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).rstrip()


if __name__ == "__main__":
    sys.exit(main())
