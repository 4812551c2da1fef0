#!/usr/bin/env python3
"""Plants the mutants in a copy of the engine: plant.py MUTANTS SOURCES OUT

Writes each *.cpp of SOURCES to OUT, with every mutant that names it in place and asleep, and
OUT/mutants.inc, the list of them for the tests. Fails where a mutant no longer fits: its text must
stand in the file once.
"""
import pathlib
import sys


def read(path):
    mutants, at = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line or word == "#" or word.startswith("#"):
            continue
        if word == "mutant":
            mutants.append({"name": rest, "breaks": 0, "hunks": []})
        elif word == "breaks":
            mutants[-1]["breaks"] = int(rest)
        elif word == "file":
            at = {"file": rest, "was": [], "now": [], "line": number}
            mutants[-1]["hunks"].append(at)
        elif line.startswith("- "):
            at["was"].append(line[2:])
        elif line.startswith("+ "):
            at["now"].append(line[2:])
        else:
            sys.exit(f"{path}:{number}: neither mutant, breaks, file, - nor +")
    return mutants


def main():
    table, sources, out = map(pathlib.Path, sys.argv[1:])
    files = {path.name: path.read_text() for path in sources.glob("*.cpp")}
    mutants = read(table)
    for mutant in mutants:
        for hunk in mutant["hunks"]:
            was, text = "\n".join(hunk["was"]), files[hunk["file"]]
            now = "\n".join(hunk["now"]).replace("PLANTED", f'::concord::decide::planted("{mutant["name"]}")')
            if text.count(was) != 1:
                sys.exit(f"{table}:{hunk['line']}: {mutant['name']}: its text stands {text.count(was)} times in "
                         f"{sources / hunk['file']}.  Next: write it as the file now reads")
            files[hunk["file"]] = text.replace(was, now)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        text = f'#include "tests/properties/planted.hpp"\n#line 1 "{sources / name}"\n{text}'
        target = out / name
        # Only what differs is written, so that one mutant more compiles one file.
        if not target.exists() or target.read_text() != text:
            target.write_text(text)
    listed = "".join(f'{{"{m["name"]}", {m["breaks"]}}},\n' for m in mutants)
    (out / "mutants.inc").write_text(listed)


main()
