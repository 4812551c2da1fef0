#include "hub/app/missing.hpp"

#include <algorithm>

namespace concord::app {
namespace {

using Words = std::vector<std::string>;

const decide::Form* form_of(const std::string& id, const std::vector<decide::RulePack>& packs) {
  for (const decide::RulePack& pack : packs)
    for (const decide::Form& form : pack.forms)
      if (form.id == id) return &form;
  return nullptr;
}

bool lacks_end(const model::Consent& consent, const decide::Form& form, bool opt_in) {
  if (consent.end || !form.end_required || (form.end_free_in_exchange && opt_in)) return false;
  return !consent.end_none || !form.end_none_good;
}

void look(const model::Consent& consent,
          const model::Coalition& coalition,
          const decide::Form* form,
          Words& lacks) {
  if (form == nullptr) {
    lacks.push_back("a form that a rule pack knows: \"" + consent.form + "\" is none");
    return;
  }
  if (consent.signers.empty())
    lacks.emplace_back("who signed (45 CFR 164.508(c)(1)(vi), 42 CFR 2.31(a))");
  if (!consent.signed_at) lacks.emplace_back("the day on which it was signed (the same)");
  for (const std::string& element : consent.missing)
    lacks.push_back("what it says itself that the form lacks: " + element);
  if (consent.decision != "permit") return;
  if (consent.recipients.empty() && consent.recipient_class.empty())
    lacks.emplace_back("a recipient (45 CFR 164.508(c)(1)(iii), 42 CFR 2.31(a)(4))");
  if (consent.purposes.empty())
    lacks.emplace_back("a purpose (45 CFR 164.508(c)(1)(iv), 42 CFR 2.31(a)(5))");
  if (lacks_end(consent, *form, coalition.exchange_policy == "opt_in"))
    lacks.emplace_back("an end: a day or event (45 CFR 164.508(c)(1)(v), 42 CFR 2.31(a)(7))");
  if (form->names_hub && coalition.hub_is_intermediary && !consent.names_hub.value_or(false))
    lacks.emplace_back("the hub's name: it is an intermediary (42 CFR 2.31(a)(4)(ii))");
}

void look(const model::Order& order, Words& lacks) {
  const bool binds = order.kind == "seal" || order.kind == "expunge";
  if (order.fields.empty())
    lacks.emplace_back(binds ? "the fields that it seals; \"*\" for all"
                             : "the fields that it expressly authorises (45 CFR 164.512(e)(1)(i))");
  if (!order.start) lacks.emplace_back("the day from which it holds");
}

}  // namespace

std::vector<std::string> missing_in(const pipeline::Piece& piece,
                                    const model::Coalition& coalition,
                                    const std::vector<decide::RulePack>& packs,
                                    base::Instant now) {
  Words lacks;
  std::optional<base::Instant> end;
  if (const auto* consent = std::get_if<model::Consent>(&piece)) {
    look(*consent, coalition, form_of(consent->form, packs), lacks);
    end = consent->end;
  } else if (const auto* order = std::get_if<model::Order>(&piece)) {
    look(*order, lacks);
    end = order->end;
  } else if (const auto* seat = std::get_if<model::RosterEntry>(&piece)) {
    end = seat->end;
  } else if (const auto* assignment = std::get_if<model::Assignment>(&piece)) {
    const auto& seats = coalition.roster;
    const bool seated = std::any_of(seats.begin(), seats.end(), [&](const auto& one) {
      return one.agency == assignment->agency;
    });
    if (!seated)
      lacks.push_back("a seat on the roster for " + assignment->agency.value +
                      ": need to know without right to know");
    end = assignment->end;
  }
  if (end && *end <= now) lacks.emplace_back("time: it has ended already");
  return lacks;
}

}  // namespace concord::app
