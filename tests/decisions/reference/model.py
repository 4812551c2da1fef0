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
EXPIRY_REQUIRED = ("part2", "hipaa_auth", "vawa")  # 2.31(a)(7), 164.508(c)(1)(v), "reasonably time-limited"
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
    if regime == "PHI" and request.get("exchange_policy") == "opt_in":
        return form in ("fhir_r4", "hipaa_auth")
    return form == {"PHI": "hipaa_auth", "VSP": "vawa"}.get(regime)


def names_recipient(consent, request):
    recipient = request["recipient"]
    if recipient["agency"] in consent.get("recipients", []):
        return True
    # 2.31(a)(4)(i): one consent for treatment, payment and operations may name this class.
    return (
        consent.get("recipient_class") == "my treating providers"
        and "treating_provider" in recipient["capacities"]
    )


def signed_with_authority(consent, regime, labels, request):
    signers = set(consent.get("signers", []))
    if regime == "VSP":
        if request["subject"]["age"] >= 18:
            return "subject_or_representative" in signers
        alone = request["evidence"].get("service", {}).get("minor_may_access_alone")  # 28 CFR 94.115
        return "minor" in signers and ("parent_nonabusive" in signers or bool(alone))
    if "minor_consented" in labels:  # 164.502(g)(3): whoever may consent alone signs alone
        return bool(signers & {"minor", "subject_or_representative"})
    return bool(signers & {"parent", "parent_nonabusive", "subject_or_representative"})


def faults(consent, regime, field, labels, now, request):
    """Why this consent does not count now; nothing: it does."""
    found = []
    if consent.get("missing"):
        found.append("CONSENT_ELEMENT_MISSING")
    if consent["form"] in EXPIRY_REQUIRED and "end" in consent and consent["end"] in (None, "none"):
        if not (consent["form"] == "part2" and consent["end"] == "none"):
            found.append("CONSENT_ELEMENT_MISSING")
    if "alleged_abuser" in consent.get("signers", []):
        found.append("CONSENT_SIGNER_IS_ABUSER")
    elif not signed_with_authority(consent, regime, labels, request):
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
    if consent["form"] == "part2_tpo" and request.get("purpose") not in ("treatment", "payment", "operations"):
        found.append("PURPOSE_MISMATCH")
    return found


def by_consent(regime, field, labels, now, request):
    """(whether a consent permits, the grounds if none does). A refusal overrides every permit."""
    consents = [c for c in request["evidence"].get("consents", []) if form_serves(c["form"], regime, request)]
    reasons, permits, refusals = {"NO_ACTIVE_CONSENT"}, [], []
    for consent in consents:
        found = faults(consent, regime, field, labels, now, request)
        if found:
            reasons.update(found)
        elif consent["decision"] == "permit":
            permits.append(consent)
        else:
            refusals.append(consent)
    replaced = {c.get("supersedes") for c in permits + refusals}
    permits = [c for c in permits if c["id"] not in replaced]
    refusals = [c for c in refusals if c["id"] not in replaced]
    if refusals:
        return False, {"CONSENT_DENIES", "CONSENT_CONFLICT_RESTRICTED"}
    return bool(permits), reasons


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
    if "VSP" in labels and ("hashed" in labels or purpose == "record_linkage"):
        found.add("VSP_LINKAGE")
    if "IVE" in labels and "legislative" in recipient:
        found.add("LEGISLATIVE")
    if "ASSESSMENT" in labels and purpose == "prosecution":
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
    if regime == "PART2":
        permitted, reasons = by_consent(regime, field, labels, now, request)
        return permitted or reported, reasons
    if regime == "PHI":
        permitted, reasons = by_consent(regime, field, labels, now, request)
        if request.get("exchange_policy") == "opt_in":
            return permitted, reasons
        named, unnamed = ordered(field, request)
        treated = purpose == "treatment" and "treating_provider" in recipient
        subpoena = evidence.get("subpoena")
        assured = "court" in recipient and bool(subpoena and subpoena.get("satisfactory_assurance"))
        if unnamed:
            reasons = reasons | {"ORDER_SCOPE"}
        if subpoena is not None and not assured:
            reasons = reasons | {"SUBPOENA_NO_ASSURANCE"}
        return permitted or named or treated or reported or assured, reasons
    if regime == "VSP":
        permitted, reasons = by_consent(regime, field, labels, now, request)
        named, unnamed = ordered(field, request)
        return permitted or named, reasons | {"VSP_NO_RELEASE"} | ({"ORDER_SCOPE"} if unnamed else set())
    if regime == "CPS":
        if reported:
            return True, set()
        if "mdt_member" in recipient:
            lacking = need(now, request)
            return not lacking, lacking
        return False, {"RECIPIENT_CAPACITY"}
    if regime == "IVE":
        permitted = purpose == "eligibility" and "medicaid_agency" in recipient
        return permitted, {"PURPOSE_MISMATCH", "RECIPIENT_CAPACITY"}
    if regime == "EDU":
        responsible = "cwa_legally_responsible" in recipient
        permitted = responsible and facts.get("custody_current") and facts.get("case_plan_access")
        return bool(permitted), {"RECIPIENT_CAPACITY", "NO_ACTIVE_CONSENT"}
    if regime == "JUV":
        permitted = bool(recipient & JUVENILE_JUSTICE) and bool(facts.get("actively_participating"))
        return permitted, {"RECIPIENT_CAPACITY"}
    if regime == "CHRI":
        eligible = "law_enforcement" in recipient and request["recipient"].get("credentials", {}).get("ori")
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
        bases = [basis(regime, field, labels, now, request) for regime in REGIMES if regime in labels]
        released = not reasons and bool(bases) and all(permitted for permitted, _ in bases)
        for permitted, grounds in bases:
            if not permitted:
                reasons |= grounds
        answer[field] = (released, set() if released else reasons)
    return answer
