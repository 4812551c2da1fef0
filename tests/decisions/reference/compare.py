#!/usr/bin/env python3
"""Ask the engine and the reference model the same questions: compare.py --concord PATH [--seed N] [--requests N]

Generates requests from the seed, has `concord decide` and model.py decide each, and prints every one on which
they differ, smallest first. Ends with `N passed, N failed`.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

import generate
import model

SHOWN = 5
REASONS_MIN = 25


def ask(concord, cases):
    with tempfile.NamedTemporaryFile("w+") as questions:
        for case in cases:
            questions.write(json.dumps(case) + "\n")
        questions.flush()
        questions.seek(0)
        answer = subprocess.run([concord, "decide"], stdin=questions, stdout=subprocess.PIPE, check=True)
    return {d["id"]: d for d in map(json.loads, answer.stdout.splitlines())}


def differences(case, decision):
    """Sentences; none: both say the same."""
    found, verdict = [], model.verdict(case)
    for field, (released, reasons) in verdict.items():
        has = field in decision["released"] or field in decision["transformed"]
        if has != released:
            found.append(f"{field}: the model says {'release' if released else sorted(reasons)}, "
                         f"the engine {'released it' if has else decision['withheld'].get(field)}")
        elif not released and decision["withheld"].get(field) not in reasons:
            found.append(f"{field}: withheld for {decision['withheld'].get(field)}, which is none of {sorted(reasons)}")
    count = sum(released for released, _ in verdict.values())
    word = "deny" if count == 0 else "permit" if count == len(verdict) else "permit_with_redactions"
    if not found and decision["decision"] != word:
        found.append(f"decision {decision['decision']}, the model says {word}")
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--concord", required=True)
    options.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    options.add_argument("--requests", type=int, default=100_000)
    given = options.parse_args()
    print(f"seed={given.seed} requests={given.requests}")
    cases = generate.generate(given.seed, given.requests)
    decisions = ask(given.concord, cases)
    wrong, released, withheld = [], 0, collections.Counter()
    for case in cases:
        decision = decisions[case["id"]]
        released += len(decision["released"])
        withheld.update(decision["withheld"].values())
        found = differences(case, decision)
        if found:
            wrong.append((len(json.dumps(case)), case, found))
    for _, case, found in sorted(wrong, key=lambda w: w[0])[:SHOWN]:
        print("\n".join(found), json.dumps(case), sep="\n")
    print(f"{released} fields released; withheld: " + ", ".join(f"{r} {n}" for r, n in withheld.most_common()))
    # A comparison in which nothing is released, or withheld for few reasons only, has compared nothing.
    poor = given.requests >= 10_000 and (released < given.requests // 10 or len(withheld) < REASONS_MIN)
    if poor:
        print(f"the requests are too poor: {released} fields released, {len(withheld)} reasons")
    print(f"{len(cases) - len(wrong)} of {len(cases)} requests are decided alike")
    print(f"{0 if wrong or poor else 1} passed, {len(wrong) + poor} failed")
    return 1 if wrong or poor else 0


if __name__ == "__main__":
    sys.exit(main())
