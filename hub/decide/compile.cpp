// From packs to the form that decides: faults across packs, the book of each jurisdiction, the
// hash.
#include <algorithm>
#include <set>

#include "hub/base/crypto.hpp"
#include "hub/decide/compiled.hpp"
#include "hub/decide/engine.hpp"

namespace concord::decide {
namespace {

using base::config_error;
using base::Errors;

struct Source {
  const Rule* rule;
  const RulePack* pack;
};

bool looks_at_field(const Condition& condition) {
  switch (condition.test) {
    case Test::order:
    case Test::consent:
    case Test::consent_names:
    case Test::consent_purposes:
    case Test::refusal:
    case Test::label:
    case Test::field:
    case Test::field_in_fact:
    case Test::subpoena:
      return true;
    default:
      return false;
  }
}

bool narrows(Kind kind) {
  return kind == Kind::forbid || kind == Kind::need || kind == Kind::limit ||
         kind == Kind::transform || kind == Kind::obligation;
}

void widens(const Rule& rule, const std::string& what, Errors& errors) {
  errors.push_back(config_error("OVERLAY_WIDENS_BASE",
                                rule.place,
                                "rule \"" + rule.id + "\" " + what,
                                "an overlay may forbid, need, limit, transform and oblige; what "
                                "permits belongs to a federal or state pack"));
}

void check_overlay(const RulePack& pack, Errors& errors) {
  for (const Form& form : pack.forms)
    errors.push_back(config_error("OVERLAY_WIDENS_BASE",
                                  form.place,
                                  "form \"" + form.id + "\" is judged anew by an overlay",
                                  "leave consent forms to the federal and state packs"));
  for (const Rule& rule : pack.rules) {
    if (!narrows(rule.kind))
      widens(rule, "permits, as a " + std::string(name_of(rule.kind)) + " does", errors);
    if (!rule.replaces.empty()) widens(rule, "replaces rules of other packs", errors);
  }
}

// A state's own law may stand in place of a federal base rule, never of what federal law forbids.
void check_replaces(const Source& source, const std::vector<Source>& all, Errors& errors) {
  for (const std::string& id : source.rule->replaces) {
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Source& other) { return other.rule->id == id; });
    if (found == all.end())
      errors.push_back(config_error("RULE_UNKNOWN",
                                    source.rule->place,
                                    "replaces \"" + id + "\", which no pack has",
                                    "name a rule of a pack that is loaded"));
    else if (narrows(found->rule->kind))
      widens(*source.rule, "replaces \"" + id + "\", which narrows", errors);
    else if (source.pack->jurisdiction == "US")
      errors.push_back(config_error("RULE_REPLACES",
                                    source.rule->place,
                                    "a federal rule replaces \"" + id + "\"",
                                    "change that rule instead"));
  }
}

void file_rule(const Rule& rule, size_t index, Book& book) {
  switch (rule.kind) {
    case Kind::forbid:
      book.forbids.push_back(index);
      return;
    case Kind::need:
      book.needs.push_back(index);
      return;
    case Kind::limit:
      book.limits.push_back(index);
      return;
    case Kind::transform:
      book.transforms.push_back(index);
      return;
    case Kind::obligation:
      book.obligations.push_back(index);
      return;
    case Kind::mandate:
    case Kind::basis:
      for (model::Label label : rule.governs.list())
        book.bases[static_cast<size_t>(label)].push_back(index);
  }
}

Book make_book(const std::vector<Source>& sources, const std::string& jurisdiction) {
  std::set<std::string> replaced;
  for (const Source& source : sources)
    if (source.pack->jurisdiction == jurisdiction)
      replaced.insert(source.rule->replaces.begin(), source.rule->replaces.end());
  Book book;
  // A duty to report is looked at before any permission: it is what starts the deadline.
  for (const bool mandates : {true, false}) {
    // The state's own rules before the federal ones: they are the nearer account of the same thing.
    for (const bool own : {true, false}) {
      for (size_t i = 0; i < sources.size(); ++i) {
        const auto& [rule, pack] = sources[i];
        const bool here = pack->jurisdiction == jurisdiction;
        if (own ? !here || jurisdiction == "US"
                : (here ? jurisdiction != "US" : pack->jurisdiction != "US"))
          continue;
        if ((rule->kind == Kind::mandate) != mandates || replaced.contains(rule->id)) continue;
        file_rule(*rule, i, book);
      }
    }
  }
  return book;
}

// Each obligation's words: the state's own before the federal ones.
void take_notices(const std::vector<const RulePack*>& packs,
                  const std::string& jurisdiction,
                  Book& book,
                  Errors& errors) {
  for (const bool federal : {true, false}) {
    std::set<size_t> taken;
    if (!federal && jurisdiction == "US") continue;
    for (const RulePack* pack : packs) {
      if (pack->jurisdiction != (federal ? "US" : jurisdiction)) continue;
      for (const Notice& notice : pack->notices) {
        const bool own = pack->jurisdiction == jurisdiction;
        if (!taken.insert(notice.obligation).second && own)
          errors.push_back(config_error(
              "NOTICE_TWICE",
              notice.place,
              "there are two notices for " + std::string(obligation_name(notice.obligation)),
              "keep one: both would claim to be the law's words"));
        book.notices[notice.obligation] = notice;
      }
    }
  }
}

// The hub has no words of its own for a notice that the law prescribes (42 CFR 2.32).
void check_notices(const std::vector<Source>& sources,
                   const std::string& jurisdiction,
                   const Book& book,
                   Errors& errors) {
  const size_t bit = *obligation_of("notice_part2");
  if (book.notices[bit]) return;
  for (const auto& [rule, pack] : sources) {
    if (pack->jurisdiction != jurisdiction || (rule->obliges >> bit & 1u) == 0) continue;
    errors.push_back(
        config_error("NOTICE_MISSING",
                     rule->place,
                     "rule \"" + rule->id + "\" obliges to notice_part2, and no pack has its words",
                     "load the pack us.part2, or add notices: to this pack"));
    return;
  }
}

}  // namespace

base::Result<Engine, Errors> Engine::compile(std::span<const RulePack> packs) {
  Errors errors;
  std::vector<const RulePack*> ordered;
  for (const RulePack& pack : packs) ordered.push_back(&pack);
  std::sort(ordered.begin(), ordered.end(), [](const RulePack* a, const RulePack* b) {
    return a->id < b->id;
  });
  auto compiled = std::make_shared<Compiled>();
  std::vector<Source> sources;
  std::set<std::string> ids, pack_ids, jurisdictions{"US"};
  std::string digests;
  auto unique = [&errors](
                    std::set<std::string>& seen, const std::string& id, const std::string& place) {
    if (seen.insert(id).second) return;
    errors.push_back(config_error(
        "RULE_TWICE", place, "the id \"" + id + "\" is taken", "ids are never used twice"));
  };
  for (const RulePack* pack : ordered) {
    unique(pack_ids, pack->id, pack->place);
    jurisdictions.insert(pack->jurisdiction);
    digests += pack->id + ' ' + pack->digest + '\n';
    if (pack->overlay) check_overlay(*pack, errors);
    for (const Form& form : pack->forms) {
      unique(ids, "form " + form.id, form.place);
      compiled->forms.push_back(form);
    }
    for (const Rule& rule : pack->rules) {
      unique(ids, rule.id, rule.place);
      sources.push_back({&rule, pack});
    }
  }
  if (ordered.empty())
    errors.push_back(config_error("POLICY_EMPTY",
                                  "policy",
                                  "there is no rule pack, so nothing could ever be released",
                                  "name the folder mappings/policy in concord.yaml"));
  for (const Source& source : sources) {
    check_replaces(source, sources, errors);
    for (const auto* list : {&source.rule->when, &source.rule->needs, &source.rule->unless})
      for (const Condition& condition : *list) {
        if (condition.test != Test::consent && condition.test != Test::consent_names &&
            condition.test != Test::consent_purposes)
          continue;
        for (const std::string& form : condition.arguments)
          if (compiled->form(form) == nullptr)
            errors.push_back(config_error("FORM_UNKNOWN",
                                          source.rule->place,
                                          "there is no consent form \"" + form + "\"",
                                          "name one of the forms that a pack defines"));
      }
  }
  if (!errors.empty()) return errors;
  for (const Source& source : sources) {
    compiled->rules.push_back(*source.rule);
    bool by_field = false;
    for (const Condition& condition : source.rule->when)
      by_field = by_field || looks_at_field(condition);
    compiled->by_field.push_back(by_field);
  }
  for (const std::string& jurisdiction : jurisdictions) {
    Book book = make_book(sources, jurisdiction);
    take_notices(ordered, jurisdiction, book, errors);
    check_notices(sources, jurisdiction, book, errors);
    compiled->books.emplace(jurisdiction, std::move(book));
  }
  if (!errors.empty()) return errors;
  compiled->hash = base::sha256_hex(digests);
  return Engine(std::move(compiled));
}

}  // namespace concord::decide
