#!/usr/bin/env python3
"""Which case shows which rule, on which side: coverage.py [--check]

Reads rows.csv (the table of law that the packs encode), the packs, and every decision case, and writes
mappings/policy/coverage.md. With --check it writes nothing, and fails when that page is stale, when a row has
fewer than two cases of its own on a side, when a rule of a pack belongs to no row, or when a case names no law.
A case belongs to a row by its basis ("C13; 45 CFR 164.512(e)"), or by the pack rule that it is about.
"""
import csv
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "mappings/policy/coverage.md"
# Ours beyond the table: the exceptions and neighbours without which its rules would not fit together.
BESIDE = {"hipaa.individual", "part2.qualified_service", "les.police"}


def cases():
    """(name, case, rule that it is about or None)"""
    for path in sorted((ROOT / "tests/data/decisions").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            case = json.loads(line)
            yield case["id"], case, None
    for path in sorted((ROOT / "mappings/policy/cases").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            case = json.loads(line)
            yield f"{path.stem}/{case['id']}", case, case["rule"]


def sides(case):
    decision = case["expect"]["decision"]
    return {"permit": ("permit",), "deny": ("deny",)}.get(decision, ("permit", "deny"))


def law_of(case, rule):
    return case.get("basis") or case.get("cite") or case["expect"].get("cite") or rule


def rows():
    with open(ROOT / "tests/decisions/rows.csv", newline="") as file:
        table = list(csv.DictReader(file))
    for row in table:
        row["rules"] = row["encoded by"].split()
        row["shown"] = {"permit": [], "deny": []}
        row["own"] = {"permit": 0, "deny": 0}
    return table


def rule_ids():
    ids = []
    for path in sorted((ROOT / "mappings/policy").glob("*.yaml")):
        ids += re.findall(r"^- id: (\S+)", path.read_text(), re.MULTILINE)
    return ids


def collect(table, faults):
    by_number = {row["row"]: row for row in table}
    of_rule = {rule: 0 for rule in rule_ids()}
    total = 0
    for name, case, rule in cases():
        total += 1
        if not law_of(case, rule):
            faults.append(f"{name} names no law: give it a basis")
        of_rule[rule] = of_rule.get(rule, 0) + 1
        stated = re.findall(r"\bC(\d+)\b", case.get("basis", "")) if rule is None else []
        for row in table:
            if row["row"] in stated or (rule in row["rules"]):
                for side in sides(case):
                    row["shown"][side].append(name)
                    row["own"][side] += row["row"] in stated
        faults += [f"{name} names row {number}, which is none" for number in stated if number not in by_number]
    return total, of_rule


def page(table, total, of_rule):
    lines = [
        "# Which case shows which rule",
        "",
        "Written by `tests/decisions/coverage.py`; a test fails when it is stale. Rows are the rules of law that the packs",
        f"encode; {total} cases in all. A case that releases a part and withholds a part stands on both sides. `R13-02` is in",
        "`tests/data/decisions/`, `us_hipaa/order-1` in `mappings/policy/cases/us_hipaa.jsonl`.",
        "",
        "| row | rule | law | encoded by | permits | denies |",
        "|---|---|---|---|---|---|",
    ]
    for row in table:
        cells = [row["row"], row["rule"], row["law"], " ".join(f"`{rule}`" for rule in row["rules"])]
        cells += [f"{len(names)}: " + " ".join(names) for names in row["shown"].values()]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "Cases of each pack rule's own:", "", "| pack rule | cases |", "|---|---|"]
    lines += [f"| `{rule}` | {count} |" for rule, count in sorted(of_rule.items(), key=lambda item: str(item[0])) if rule]
    return "\n".join(lines) + "\n"


def main():
    faults, table = [], rows()
    total, of_rule = collect(table, faults)
    for row in table:
        for side, count in row["own"].items():
            if count < 2:
                faults.append(f"row {row['row']} ({row['rule']}) has {count} cases of its own that {side}: give it two")
    named = {rule for row in table for rule in row["rules"]} | BESIDE
    faults += [f"rule {rule} belongs to no row of rows.csv" for rule in rule_ids() if rule not in named]
    faults += [f"rows.csv names rule {rule}, which no pack has" for rule in sorted(named) if rule not in of_rule]
    text = page(table, total, of_rule)
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        faults.append(f"{PAGE.relative_to(ROOT)} is stale: run tests/decisions/coverage.py")
    for fault in faults:
        print(fault)
    print(f"{len(table)} rows, {total} cases")
    print(f"{1 if not faults else 0} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
