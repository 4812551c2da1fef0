"""Who may have what: the law in its shortest words, slow and obvious.

A second opinion on `concord decide`, written from the table of rules and from the format of decision cases
alone, never from the engine. It covers what has a counterpart in both: forbids that override, dates,
recipients, the signers of consents, and which labelled fields leave. It says neither obligations nor citations.

    verdict(case) -> {field: (released, reasons)}

`reasons` are all grounds on which a withheld field may be refused: the engine names one of them.
"""
from datetime import date, datetime, time, timedelta, timezone

# A regime is a label with a law of its own. Each regime on a field needs a basis of its own.
REGIMES = ("PART2", "PHI", "VSP", "CPS", "IVE", "EDU", "JUV", "CHRI")
PROCEEDINGS = ("prosecution", "proceeding_against_subject")
PROGRAMME = ("eligibility", "case_planning")  # of the purposes that generate.py draws
EXPIRY_REQUIRED = ("part2", "part2_tpo", "hipaa_auth", "vawa")  # 2.31(a)(7), 164.508(c)(1)(v), "reasonably time-limited"
CRIMINAL_JUSTICE = {"court", "prosecutor", "probation", "law_enforcement"}  # 28 CFR 20.3(g)
CHILD_PROTECTION = {"child_abuse_authority", "cwa_legally_responsible"}
JUVENILE_JUSTICE = {"court", "juvenile_court", "prosecutor", "defense", "probation", "law_enforcement"}


# --- dates ---------------------------------------------------------------------------------------------
def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def first_moment(text):
    """A day starts with its first moment."""
    if "T" in text:
        return instant(text)
    return datetime.combine(date.fromisoformat(text), time(), timezone.utc)


def after(text):
    """The first moment at which something that ends at `text` is over. A day belongs to it whole."""
    if "T" in text:
        return instant(text)
    return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), timezone.utc)


# --- consents ------------------------------------------------------------------------------------------
def form_serves(form, regime, request):
    if regime == "PART2":
        return form in ("part2", "part2_tpo")
    if regime == "PHI":
        return form in ("hipaa_auth", "fhir_r4")
    return (form, regime) == ("vawa", "VSP")


def needs_expiry(form, request):
    """In an opt-in exchange the consent on file rules, and need not end. Elsewhere it is an authorization."""
    return form in EXPIRY_REQUIRED or (form == "fhir_r4" and request.get("exchange_policy") != "opt_in")


def names_recipient(consent, request):
    recipient = request["recipient"]
    if recipient["agency"] in consent.get("recipients", []):
        return True
    if consent["form"] == "vawa":
        return False  # a release names who receives
    # 2.31(a)(4)(i): one consent for treatment, payment and operations may name this class.
    return (
        consent.get("recipient_class") == "my treating providers"
        and "treating_provider" in recipient["capacities"]
    )


def signed_with_authority(consent, regime, labels, request):
    signers = set(consent.get("signers", []))
    subject, parent = "minor" in signers, bool(signers & {"parent", "parent_nonabusive"})
    if request["subject"]["age"] >= 18:  # nobody signs for an adult here
        return subject or "subject_or_representative" in signers
    alone = request["evidence"].get("service", {}).get("minor_may_access_alone")  # 28 CFR 94.115
    own = "minor_consented" in labels  # whoever sought the service alone signs alone: 164.502(g)(3), 42 CFR 2.14
    if regime == "VSP":  # minor and parent together
        return subject and (parent or bool(alone) or own)
    if own:
        return subject
    if "subject_or_representative" in signers:
        return True
    if regime == "PART2":  # 42 CFR 2.14: never the parent alone
        return subject and (parent or bool(alone))
    return parent or (subject and bool(alone))


def faults(consent, regime, field, labels, now, request):
    """Why this consent does not count now; nothing: it does."""
    found = []
    if consent.get("missing"):
        found.append("CONSENT_ELEMENT_MISSING")
    none_will_do = consent["form"] == "part2_tpo" and consent.get("end") == "none"  # 2.31(a)(7)
    if needs_expiry(consent["form"], request) and consent.get("end", "unsaid") in (None, "none") and not none_will_do:
        found.append("CONSENT_ELEMENT_MISSING")
    if "alleged_abuser" in consent.get("signers", []):
        found.append("CONSENT_SIGNER_IS_ABUSER")
    if not signed_with_authority(consent, regime, labels, request):
        found.append("CONSENT_SIGNER_NO_AUTHORITY")
    if consent.get("revoked_at") and first_moment(consent["revoked_at"]) <= now:
        found.append("CONSENT_REVOKED")
    for key in ("start", "signed"):
        if consent.get(key) and now < first_moment(consent[key]):
            found.append("CONSENT_NOT_YET")
    if consent.get("end") not in (None, "none") and after(consent["end"]) <= now:
        found.append("CONSENT_EXPIRED")
    if not names_recipient(consent, request):
        found.append("CONSENT_RECIPIENT_NOT_NAMED")
    if regime == "PART2" and request.get("hub_is_intermediary", True) and not consent.get("names_hub"):
        found.append("CONSENT_INTERMEDIARY_NOT_NAMED")  # 2.31(a)(4)(ii)
    if "scope" in consent and field not in consent["scope"]:
        found.append("NO_ACTIVE_CONSENT")
    if set(consent.get("except_labels", [])) & set(labels):
        found.append("NO_ACTIVE_CONSENT")
    # 2.33(a)(2): the consent for treatment, payment and operations serves these alone.
    if consent["form"] == "part2_tpo":
        if request.get("purpose") not in ("treatment", "payment", "operations"):
            found.append("PURPOSE_MISMATCH")
        if not set(request["recipient"]["capacities"]) & {"treating_provider", "medicaid_agency"}:
            found.append("RECIPIENT_CAPACITY")  # covered entities, and nobody else of those drawn here
    return found


# What makes a refusal void. An end date does not: time alone permits nothing (property 3). Nor does a missing
# element or an alleged abuser's signature: neither may open what somebody closed (property 1).
VOIDS_REFUSAL = {"CONSENT_SIGNER_NO_AUTHORITY", "CONSENT_REVOKED", "CONSENT_NOT_YET",
                 "CONSENT_RECIPIENT_NOT_NAMED", "NO_ACTIVE_CONSENT"}


def by_consent(regime, field, labels, now, request):
    """(whether a consent permits, the grounds if none does). A refusal overrides every permit."""
    on_file = request["evidence"].get("consents", [])
    consents = [c for c in on_file if form_serves(c["form"], regime, request)]
    reasons, permits = {"NO_ACTIVE_CONSENT"}, []
    for consent in consents:
        found = faults(consent, regime, field, labels, now, request)
        if consent["decision"] == "permit" and not replaced(consent, regime, labels, now, request):
            reasons.update(found)
            if "except_labels" in consent:
                reasons.add("CONSENT_DENIES")
            if not found:
                permits.append(consent)
    if any(not refused(field, labels, now, request, permit) for permit in permits):
        return True, set()
    if refused(field, labels, now, request):
        return False, {"CONSENT_DENIES", "CONSENT_CONFLICT_RESTRICTED"}
    return False, reasons


def replaced(consent, regime, labels, now, request):
    """A newer one that names it, was validly given, and has begun. It does not revive when that one ends."""
    for newer in request["evidence"].get("consents", []):
        if newer is consent or newer.get("supersedes") != consent["id"]:
            continue
        if "signed" in newer and "signed" in consent and first_moment(newer["signed"]) < first_moment(consent["signed"]):
            continue
        found = set(faults(newer, regime_of(newer), None, labels, now, request))
        voids = {"CONSENT_SIGNER_NO_AUTHORITY", "CONSENT_NOT_YET"}
        if newer["decision"] == "permit":
            voids.add("CONSENT_ELEMENT_MISSING")
        if consent["decision"] == "deny":
            voids.add("CONSENT_SIGNER_IS_ABUSER")
        if not found & voids:
            return True
    return False


def regime_of(consent):
    return {"vawa": "VSP", "part2": "PART2", "part2_tpo": "PART2"}.get(consent["form"], "PHI")


def refused(field, labels, now, request, permit=None):
    """What any refusal in force denies is denied, whatever another consent permits.

    Its end date alone opens nothing (property 3); a permit given after that date is new evidence.
    """
    began = [first_moment(permit[key]) for key in ("start", "signed") if permit and key in permit]
    for consent in request["evidence"].get("consents", []):
        speaks_of = {"VSP": {"VSP"}, "PART2": {"PART2"}, "PHI": {"PHI", "PART2"}}[regime_of(consent)]
        if consent["decision"] != "deny" or not labels & speaks_of:
            continue
        if replaced(consent, None, labels, now, request):
            continue
        if began and consent.get("end") not in (None, "none") and after(consent["end"]) <= max(began):
            continue
        if not set(faults(consent, regime_of(consent), field, labels, now, request)) & VOIDS_REFUSAL:
            return True
    return False


# --- forbids: one is enough ----------------------------------------------------------------------------
def forbidden(labels, request):
    recipient, purpose = set(request["recipient"]["capacities"]), request.get("purpose")
    found = set()
    if not labels:
        found.add("UNLABELLED")
    if "SEALED" in labels:
        found.add("SEALED")
    if "REPORTER_ID" in labels:
        found.add("REPORTER_ID")
    if "FREE_TEXT" in labels:
        found.add("FREE_TEXT")
    # A hash is the identifier still: no weaker, and no stronger. With a release it goes like the name.
    if "VSP" in labels and purpose == "record_linkage":
        found.add("VSP_LINKAGE")
    if labels & {"IVE", "CPS"} and "legislative" in recipient:
        found.add("LEGISLATIVE")
    if "ASSESSMENT" in labels and purpose in PROCEEDINGS:
        found.add("ASSESSMENT_GUARD")
    if labels & {"PART2", "no_proceedings"} and purpose in PROCEEDINGS:
        found.add("PART2_PROCEEDING")
    return found


# --- bases: one a regime -------------------------------------------------------------------------------
def ordered(field, request):
    """(a court has an order that names the field, a court has an order that does not)"""
    orders = request["evidence"].get("orders", [])
    if not orders or "court" not in request["recipient"]["capacities"]:
        return False, False
    named = any(field in order["fields"] for order in orders)
    return named, not named


def need(now, request):
    """Right to know and need to know: on the roster, and assigned."""
    recipient = request["recipient"]
    roster = recipient.get("roster")
    if not roster:
        return {"NOT_ROSTERED"}
    if roster["status"] != "active" or ("end" in roster and after(roster["end"]) <= now):
        return {"ROSTER_ENDED"}
    return set() if recipient.get("assigned") else {"NOT_ASSIGNED"}


def basis(regime, field, labels, now, request):
    """(whether this regime has a basis, the grounds if it has none)"""
    recipient, purpose = set(request["recipient"]["capacities"]), request.get("purpose")
    evidence = request["evidence"]
    facts = evidence.get("facts", {})
    reported = request["trigger"] == "mandate" and "report" in labels and "child_abuse_authority" in recipient
    named, unnamed = ordered(field, request)
    scope = {"ORDER_SCOPE"} if unnamed else set()
    if "report" in labels:  # the duty to report is owed to others
        scope.add("RECIPIENT_CAPACITY")
    if regime == "PART2":  # 2.61: an ordinary order opens nothing
        permitted, reasons = by_consent(regime, field, labels, now, request)
        court = {"ORDER_SCOPE"} if named else set()
        return permitted or reported, reasons | scope | court
    if regime == "PHI":
        permitted, reasons = by_consent(regime, field, labels, now, request)
        # Where a consent on file rules, what may be given waits for it; what the law compels does not.
        opt_in = request.get("exchange_policy") == "opt_in"
        covered = bool(recipient & {"treating_provider", "medicaid_agency"}) and not opt_in
        covered = covered and "covered_entity" in request["source"]["capacities"]  # 164.506(c)
        treated = covered and purpose == "treatment"
        if covered:
            reasons = reasons | {"PURPOSE_MISMATCH"}
        subpoena = evidence.get("subpoena")
        assured = "court" in recipient and bool(subpoena and subpoena.get("satisfactory_assurance"))
        if opt_in and refused(field, labels, now, request):
            assured = False
        if subpoena and "court" not in recipient:
            reasons = reasons | {"RECIPIENT_CAPACITY"}
        if subpoena is not None and not assured:
            reasons = reasons | {"SUBPOENA_NO_ASSURANCE"}
        return permitted or named or treated or reported or assured, reasons | scope
    if regime == "VSP":
        permitted, reasons = by_consent(regime, field, labels, now, request)
        return permitted or named or reported, reasons | {"VSP_NO_RELEASE"} | scope
    if regime == "CPS":
        lacking = need(now, request) if "mdt_member" in recipient else {"RECIPIENT_CAPACITY"}
        return reported or named or not lacking or bool(recipient & CHILD_PROTECTION), lacking | scope
    if regime == "IVE":
        # 45 CFR 205.50(a)(1)(i): the law asks for the purpose, and not who has it.
        return reported or purpose in PROGRAMME, {"PURPOSE_MISMATCH"}
    if regime == "EDU":
        # What a school gave is not given on without consent: 34 CFR 99.33.
        responsible = "cwa_legally_responsible" in recipient and "school" in request["source"]["capacities"]
        if evidence.get("orders"):
            scope.add("ORDER_SCOPE")
        permitted = responsible and facts.get("custody_current") and facts.get("case_plan_access")
        denies = {"CONSENT_DENIES"} if refused(field, labels, now, request) else set()
        return bool(permitted) or named or reported, {"RECIPIENT_CAPACITY", "NO_ACTIVE_CONSENT"} | scope | denies
    if regime == "JUV":
        permitted = bool(recipient & JUVENILE_JUSTICE) and bool(facts.get("actively_participating"))
        return permitted or named or reported, {"RECIPIENT_CAPACITY"} | scope
    if regime == "CHRI":
        eligible = recipient & CRIMINAL_JUSTICE and request["recipient"].get("credentials", {}).get("ori")
        asked = evidence.get("purpose_code") and request["recipient"].get("assigned")
        return bool(eligible and asked), {"CHRI_INELIGIBLE", "NOT_ASSIGNED"}
    raise AssertionError(regime)


def verdict(case):
    request, now = case["request"], instant(case["now"])
    fields = request["fields"]
    subject = request["subject"]
    if any(c.get("unreadable") for c in request["evidence"].get("consents", [])):
        return {field: (False, {"CONSENT_UNREADABLE"}) for field in fields}
    if subject["candidates"] != 1:
        return {field: (False, {"IDENTITY_AMBIGUOUS"}) for field in fields}
    answer = {}
    for field, labels in fields.items():
        labels = set(labels)
        reasons = forbidden(labels, request)
        # What a minor sought alone is health data, said or not.
        regimes = labels | ({"PHI"} if "minor_consented" in labels else set())
        bases = [basis(regime, field, labels, now, request) for regime in REGIMES if regime in regimes]
        released = not reasons and bool(bases) and all(permitted for permitted, _ in bases)
        if "ASSESSMENT" in labels:  # for those who help: to others it goes under no purpose
            helps = not set(request["recipient"]["capacities"]) <= {"law_enforcement", "medicaid_agency", "legislative"}
            bases.append((helps, {"RECIPIENT_CAPACITY"}))
            released = released and helps
        for permitted, grounds in bases:
            if not permitted:
                reasons |= grounds
        answer[field] = (released, set() if released else reasons)
    return answer
