"""Whether each source of the shim compiles, as CMake's compile_commands.json says to: all of them, where a build would stop at the first."""

import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def checked(entry):
    words = entry.get("arguments") or shlex.split(entry["command"])
    kept = [word for before, word in zip(["", *words], words) if word not in ("-c", "-o") and before != "-o"]
    run = subprocess.run([*kept, "-fsyntax-only"], cwd=entry["directory"], capture_output=True, text=True)
    return entry["file"], run.returncode, run.stderr


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        entries = [entry for entry in json.load(file) if re.search(r"/native/shim/\w+\.cpp$", entry["file"])]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = [(file, errors) for file, status, errors in pool.map(checked, entries) if status]
    for file, errors in failed:
        print(file, *[line for line in errors.splitlines() if re.search(r"\b(error|note):", line)], sep="\n")
    names = ", ".join(os.path.basename(file) for file, _ in failed)
    print(f"{len(entries) - len(failed)} of {len(entries)} sources compile" + (f", not {names}" if failed else ""))
    return bool(failed) or not entries


if __name__ == "__main__":
    sys.exit(main())
