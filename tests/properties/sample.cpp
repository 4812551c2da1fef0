#include "tests/properties/sample.hpp"

#include <algorithm>

#include "hub/base/json.hpp"
#include "tests/properties/generate.hpp"

namespace concord::decide {
namespace {

using Change = std::function<bool(Sample&, size_t)>;  // the n-th way to take something away

template <class List>
bool without(List& list, size_t n) {
  if (n >= list.size()) return false;
  list.erase(std::next(list.begin(), static_cast<std::ptrdiff_t>(n)));
  return true;
}

bool fewer_labels(Sample& sample, size_t n) {
  for (auto& field : sample.request.fields)
    for (model::Label label : field.labels.list())
      if (n-- == 0) return field.labels.remove(label), true;
  return false;
}

// Each consent's or order's members, one at a time, back to what an empty one has.
bool plainer_consent(Sample& sample, size_t n) {
  static const model::Consent empty;
  const size_t which = n / 10;
  if (which >= sample.request.consents.size()) return false;
  model::Consent& c = sample.request.consents[which];
  const model::Consent before = c;
  switch (n % 10) {
    case 0:
      c.missing.clear();
      break;
    case 1:
      c.scope.clear();
      break;
    case 2:
      c.except_labels = {};
      break;
    case 3:
      c.start.reset();
      break;
    case 4:
      c.signed_at.reset();
      break;
    case 5:
      c.end.reset(), c.end_none = false, c.end_given = true;
      break;
    case 6:
      c.revoked_at.reset();
      break;
    case 7:
      c.supersedes.clear();
      break;
    case 8:
      c.recipient_class.clear();
      break;
    default:
      c.signers = {"subject_or_representative"};
      break;
  }
  return !(c == before);
}

bool plainer_request(Sample& sample, size_t n) {
  model::DecisionInput& r = sample.request;
  switch (n) {
    case 0:
      r.jurisdiction = "US";
      return true;
    case 1:
      r.trigger = "schedule";
      return true;
    case 2:
      r.purpose.clear();
      return true;
    case 3:
      r.exchange_policy.clear();
      return true;
    case 4:
      r.hub_is_intermediary = false;
      return true;
    case 5:
      r.event.reset();
      return true;
    case 6:
      r.break_glass.clear();
      return true;
    case 7:
      r.purpose_code.clear();
      return true;
    case 8:
      r.subpoena.reset();
      return true;
    case 9:
      r.recipient.roster_status.reset(), r.recipient.roster_end.reset();
      return true;
    case 10:
      r.recipient.assigned.reset();
      return true;
    case 11:
      r.recipient.credentials.clear();
      return true;
    case 12:
      r.recipient.supports = {"*"};
      return true;
    case 13:
      r.subject.match_confidence = 0.99;
      return true;
    case 14:
      r.recipient.honours.reset();
      return true;
    default:
      return false;
  }
}

// A document with one member less; labels of what is no longer there are no matter.
bool smaller_document(Sample& sample, size_t n) {
  auto body = base::read_json(sample.entity.body, "body");
  if (!body || n >= body->MemberCount()) return false;
  body->RemoveMember(body->MemberBegin() + static_cast<std::ptrdiff_t>(n));
  sample.entity.body = base::write_json(*body);
  return true;
}

const std::vector<Change>& changes() {
  static const std::vector<Change> all = {
      [](Sample& s, size_t n) { return without(s.request.consents, n); },
      [](Sample& s, size_t n) {
        return s.request.fields.size() > 1 && without(s.request.fields, n);
      },
      [](Sample& s, size_t n) { return without(s.request.orders, n); },
      [](Sample& s, size_t n) { return without(s.request.facts, n); },
      [](Sample& s, size_t n) { return without(s.request.service, n); },
      [](Sample& s, size_t n) {
        auto& list = s.request.recipient.capacities;
        return list.size() > 1 && without(list, n);
      },
      [](Sample& s, size_t n) { return without(s.entity.field_labels, n); },
      smaller_document,
      fewer_labels,
      plainer_consent,
      plainer_request,
  };
  return all;
}

// Where the property has a choice, any of a few will do for the smaller sample.
std::optional<std::string> breaks(Property property, const Sample& sample, uint64_t seed) {
  if (auto found = property(sample, seed)) return found;
  for (uint64_t salt = 0; salt < 24; ++salt)
    if (auto found = property(sample, salt)) return found;
  return std::nullopt;
}

}  // namespace

size_t Sample::size() const {
  return line_of(*this).size() + entity.body.size() + entity.field_labels.size();
}

Sample sample_of(uint64_t seed) {
  Generator generator(seed);
  Sample sample;
  sample.request = generator.request();
  sample.entity = generator.entity();
  return sample;
}

Counterexample shrink(Property property, Counterexample found) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (const Change& change : changes()) {
      for (size_t n = 0;;) {
        Sample next = found.sample;
        if (!change(next, n)) break;
        auto sentence =
            next.size() < found.sample.size() ? breaks(property, next, found.seed) : std::nullopt;
        if (!sentence) {
          ++n;
          continue;
        }
        found.sample = std::move(next);
        found.sentence = std::move(*sentence);
        smaller = true;
      }
    }
  }
  return found;
}

std::optional<Counterexample> search(Property property, uint64_t seed, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    Sample sample = sample_of(seed + i);
    if (auto sentence = property(sample, seed + i))
      return shrink(property, {seed + i, std::move(sample), std::move(*sentence)});
  }
  return std::nullopt;
}

std::string Counterexample::text() const {
  std::string out =
      "seed=" + std::to_string(seed) + "\n" + sentence + "\nrequest: " + line_of(sample);
  return out + "\ndocument (property 5): " + sample.entity.body;
}

}  // namespace concord::decide
