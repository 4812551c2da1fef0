"""Requests of the kind that model.py can judge, from a seed.

The values are few on purpose, and the dates lie a day or a moment around `now`: what is drawn twice meets, and
faults live at the edge.
"""
import random

NOWS = ["2026-06-01T12:00:00Z", "2026-06-01T00:00:00Z", "2026-05-31T23:59:59Z", "2026-06-02T00:00:00Z"]
DAYS = ["2026-05-30", "2026-05-31", "2026-06-01", "2026-06-02", "2026-06-03"]
MOMENTS = ["2026-06-01T11:59:59Z", "2026-06-01T12:00:00Z", "2026-06-01T12:00:01Z", "2026-06-01T00:00:00Z"]
PURPOSES = [None, "treatment", "case_planning", "prosecution", "proceeding_against_subject", "eligibility",
            "school_supports", "record_linkage"]
CAPACITIES = ["treating_provider", "court", "mdt_member", "law_enforcement", "medicaid_agency", "legislative",
              "child_abuse_authority", "cwa_legally_responsible", "probation", "school", "ngo_service_provider"]
REGIMES = ["PART2", "PHI", "VSP", "CPS", "IVE", "EDU", "JUV", "CHRI"]
MARKS = ["SEALED", "REPORTER_ID", "FREE_TEXT", "hashed", "ASSESSMENT", "no_proceedings", "report",
         "minor_consented"]
FORMS = {"PART2": ["part2", "part2_tpo"], "PHI": ["hipaa_auth", "fhir_r4"], "VSP": ["vawa"]}
SIGNERS = [["subject_or_representative"], ["parent"], ["minor"], ["minor", "parent_nonabusive"],
           ["parent_nonabusive"], ["minor", "alleged_abuser"], []]


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def one(self, values):
        return self.random.choice(values)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def when(self):
        return self.one(DAYS if self.chance(70) else MOMENTS)

    def labels(self, regime):
        if self.chance(3):
            return []
        labels = [regime]
        if self.chance(15):
            labels.append(self.one([r for r in REGIMES if r != regime]))
        if self.chance(20):
            labels.append(self.one(MARKS))
        self.random.shuffle(labels)
        return labels

    def consent(self, number, form):
        consent = {"id": f"c{number}", "form": form, "decision": "deny" if self.chance(12) else "permit",
                   "missing": ["expiration"] if self.chance(8) else [],
                   "signers": self.one(SIGNERS) if self.chance(50) else
                   (["minor", "parent_nonabusive"] if form == "vawa" else ["subject_or_representative"])}
        if self.chance(85):
            consent["recipients"] = ["r"] if self.chance(85) else ["other"]
        else:
            consent["recipient_class"] = self.one(["any coalition member", "my treating providers"])
        if self.chance(80):
            consent["names_hub"] = not self.chance(10)
        for key, percent in (("start", 30), ("signed", 30), ("revoked_at", 12)):
            if self.chance(percent):
                consent[key] = self.when()
        if self.chance(60):
            consent["end"] = self.when() if self.chance(80) else (None if self.chance(50) else "none")
        if self.chance(15):
            consent["scope"] = self.one([["f.a"], ["f.b"], ["f.a", "f.b"]])
        if self.chance(8):
            consent["supersedes"] = f"c{self.one([0, 1, 2])}"
        if self.chance(1):
            consent["unreadable"] = True
        return consent

    def recipient(self):
        capacities = self.random.sample(CAPACITIES, 2 if self.chance(15) else 1)
        recipient = {"agency": "r", "capacities": capacities, "supports": ["*"]}
        if self.chance(60):
            recipient["roster"] = {"status": self.one(["active", "active", "active", "ended"])}
            if self.chance(40):
                recipient["roster"]["end"] = self.when()
        if self.chance(70):
            recipient["assigned"] = not self.chance(20)
        if self.chance(60):
            recipient["credentials"] = {"ori": "XX0010000"}
        return recipient

    def evidence(self, regimes):
        forms = [form for regime in sorted(regimes) for form in FORMS.get(regime, [])]
        evidence = {"facts": {}}
        if forms:
            evidence["consents"] = [self.consent(n, self.one(forms)) for n in range(self.one([0, 1, 1, 1, 2, 3]))]
        if self.chance(15):
            evidence["orders"] = [{"fields": self.one([["f.a"], ["f.b"], ["f.a", "f.b"]])}]
        if self.chance(8):
            evidence["subpoena"] = {"satisfactory_assurance": self.chance(50)}
        for fact in ("custody_current", "case_plan_access", "actively_participating"):
            if self.chance(60):
                evidence["facts"][fact] = not self.chance(20)
        if self.chance(25):
            evidence["service"] = {"minor_may_access_alone": self.chance(60)}
        if self.chance(60):
            evidence["purpose_code"] = "C"
        return evidence

    def case(self, number):
        regimes = self.random.sample(REGIMES, 2 if self.chance(40) else 1)
        fields = {"f.a": self.labels(regimes[0]), "f.b": self.labels(regimes[-1])}
        if self.chance(20):
            fields["f.c"] = self.labels(self.one(regimes))
        present = {label for labels in fields.values() for label in labels}
        request = {"jurisdiction": "US", "trigger": self.one(["schedule", "event", "request", "mandate"]),
                   "source": {"agency": "s", "capacities": [self.one(["covered_entity", "cwa", "school"])]}, "recipient": self.recipient(),
                   "subject": {"candidates": 0 if self.chance(1) else 2 if self.chance(1) else 1,
                               "match_confidence": 0.99, "age": self.one([12, 16, 17, 18, 30])},
                   "fields": fields, "evidence": self.evidence(present & set(FORMS))}
        purpose = self.one(PURPOSES)
        if purpose:
            request["purpose"] = purpose
        if self.chance(20):
            request["exchange_policy"] = "opt_in"
        if self.chance(50):
            request["hub_is_intermediary"] = self.chance(50)
        return {"id": f"G{number}", "now": self.one(NOWS), "request": request}


def generate(seed, count):
    draw = Draw(seed)
    return [draw.case(number) for number in range(count)]
