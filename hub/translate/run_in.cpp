#include <algorithm>

#include "hub/base/time.hpp"
#include "hub/translate/run.hpp"

namespace concord::translate {
namespace {

using Kind = Target::Kind;
using What = Action::What;

bool like(std::string_view text, std::string_view wanted) {
  if (wanted.ends_with('*')) return text.starts_with(wanted.substr(0, wanted.size() - 1));
  return text == wanted;
}

bool one_of(const JsonValue& value, const std::vector<std::string>& wanted) {
  std::string number;
  std::string_view text;
  if (value.IsString()) text = trimmed(base::text(value));
  if (value.IsBool()) text = value.GetBool() ? "true" : "false";
  if (value.IsInt64()) text = number = std::to_string(value.GetInt64());
  return std::any_of(
      wanted.begin(), wanted.end(), [&](const auto& one) { return like(text, one); });
}

std::string text_of_array(const JsonValue& object, std::string_view name) {
  std::string out;
  const JsonValue* list = base::member(object, name);
  if (list == nullptr || !list->IsArray()) return out;
  for (const JsonValue& item : list->GetArray())
    if (item.IsString()) out += (out.empty() ? "" : " ") + std::string(base::text(item));
  return out;
}

}  // namespace

bool Condition::holds(const Metas& metas) const {
  if (!path.many()) {
    const JsonValue* found = path.first(metas);
    if (test == Test::there || test == Test::missing)
      return (found != nullptr) == (test == Test::there);
    return (found != nullptr && one_of(*found, values)) == (test == Test::is);
  }
  Values found;
  path.find(metas, found);
  if (test == Test::there || test == Test::missing) return found.empty() == (test == Test::missing);
  const bool any = std::any_of(
      found.begin(), found.end(), [&](const JsonValue* value) { return one_of(*value, values); });
  return any == (test == Test::is);
}

bool all_hold(const std::vector<Condition>& conditions, const Metas& metas) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    return condition.holds(metas);
  });
}

std::optional<base::Error> EntityMaker::make() {
  for (const Row& row : table_.rows) {
    if (!all_hold(row.when, run_.metas)) continue;
    if (auto fault = apply(row)) return fault;
  }
  return finish();
}

std::optional<base::Error> EntityMaker::apply(const Row& row) {
  if (row.target.items) return apply_items(row);
  values_.clear();
  for (const SourcePath& source : row.sources) source.find(run_.metas, values_);
  if (row.target.kind == Kind::labels) return apply_labels(row, values_);
  if (!row.target.list || row.rule == Rule::constant) {
    if (values_.empty() && row.rule != Rule::constant) return settle(row, {});
    return settle(row, row.make(row, values_, run_));
  }
  if (values_.empty()) return settle(row, {});
  const Values all = values_;
  for (const JsonValue* value : all) {
    // A list where one is wanted of each: its items.
    if (value->IsArray()) {
      for (const JsonValue& item : value->GetArray()) {
        if (is_missing(item)) continue;
        if (auto fault = settle(row, row.make(row, {&item}, run_))) return fault;
      }
      continue;
    }
    if (auto fault = settle(row, row.make(row, {value}, run_))) return fault;
  }
  return std::nullopt;
}

// "reports[].to": one item of the target for each of the source's list.
std::optional<base::Error> EntityMaker::apply_items(const Row& row) {
  const JsonValue* list = row.sources.empty() ? nullptr : row.sources.front().first(run_.metas);
  if (list == nullptr || !list->IsArray()) {
    item_ = SIZE_MAX;
    return settle(row, {});
  }
  for (rapidjson::SizeType i = 0; i < list->Size(); ++i) {
    const JsonValue* value = row.in_item.front().first_below((*list)[i]);
    item_ = i;
    auto fault = value == nullptr ? settle(row, {}) : settle(row, row.make(row, {value}, run_));
    item_ = SIZE_MAX;
    if (fault) return fault;
  }
  return std::nullopt;
}

std::optional<base::Error> EntityMaker::apply_labels(const Row& row, const Values& values) {
  if (row.rule == Rule::constant) {
    label(row.target.pointer, row.labels);
    return std::nullopt;
  }
  const auto act =
      [&](const Action& action, const char* code, const char* cause) -> std::optional<base::Error> {
    if (action.what == What::reject) return refuse(row, code, cause);
    if (action.what == What::label) label(row.target.pointer, action.labels);
    return std::nullopt;
  };
  if (values.empty())
    return act(row.if_missing, "MAPPING_MISSING", "nothing there to tell the labels by");
  const Values all = values;
  // What no row covers needs no label here, or if_invalid says which: so it is not counted.
  std::vector<UnknownCode>* const unknown = std::exchange(run_.unknown_codes, nullptr);
  std::optional<base::Error> fault;
  for (const JsonValue* value : all) {
    Made made = row.make(row, {value}, run_);
    if (made.came == Made::Came::value) {
      std::string_view names = base::text(made.value);
      while (!names.empty() && names != "none") {
        const std::string_view name = names.substr(0, names.find(' '));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        label(row.target.pointer, {model::label_of(name)});
      }
    } else if (made.came != Made::Came::absent && !fault) {
      fault = act(row.if_invalid, "MAPPING_INVALID", "labels cannot be told by this");
    }
  }
  run_.unknown_codes = unknown;
  return fault;
}

std::optional<base::Error> EntityMaker::settle(const Row& row, Made made) {
  using Came = Made::Came;
  if (made.came == Came::value) {
    note(row, made, What::never);
    return keep(row, std::move(made.value), made.labels);
  }
  if (made.came == Came::absent) {
    note(row, made, What::absent);
    keep_absent(row, made.reason, made.seen);
    return std::nullopt;
  }
  const bool missing = made.came == Came::missing;
  const Action& action = missing ? row.if_missing : row.if_invalid;
  if (trace_ != nullptr) {
    if (action.what == What::absent) made.reason = action.reason;
    note(row, made, action.what);
  }
  switch (action.what) {
    case What::reject:
      return refuse(row,
                    missing ? "MAPPING_MISSING" : "MAPPING_INVALID",
                    missing ? "nothing there" : std::move(made.cause));
    case What::absent:
      keep_absent(row, action.reason, {});
      return std::nullopt;
    case What::fallback:
      return keep(row, JsonValue(*action.value, run_.memory), {});
    case What::skip:
    case What::label:
    case What::never:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<base::Error> EntityMaker::keep(const Row& row,
                                             JsonValue value,
                                             model::LabelSet labels) {
  const auto text = [&] { return std::string(base::text(value)); };
  // The first row that gives something has it; a field and a list see to that themselves.
  const bool one = row.target.kind != Kind::field && row.target.kind != Kind::replaces &&
                   row.target.kind != Kind::extra;
  const auto bit = uint32_t{1} << static_cast<unsigned>(row.target.kind);
  if (one && (given_ & bit) != 0) return std::nullopt;
  if (one) given_ |= bit;
  switch (row.target.kind) {
    case Kind::field:
      keep_field(row, std::move(value), labels);
      break;
    case Kind::key:
      entity_.key = text();
      break;
    case Kind::subject:
      entity_.subject_record = text();
      break;
    case Kind::role:
      entity_.subject_role = text();
      break;
    case Kind::status:
      if (const auto status = model::entity_status_of(text()))
        entity_.status = *status;
      else
        return refuse(row, "MAPPING_INVALID", "no status of a document");
      break;
    case Kind::status_reason:
      entity_.status_reason = text();
      break;
    case Kind::effective_start:
      entity_.effective_start = text();
      break;
    case Kind::effective_end:
      entity_.effective_end = text();
      break;
    case Kind::entered:
      entity_.entered = base::parse_instant(text());
      break;
    case Kind::replaces:
      hints_.replaces.push_back(text());
      break;
    case Kind::extra:
      extra_.AddMember(
          base::json_text(row.target.field, run_.memory), std::move(value), run_.memory);
      break;
    case Kind::labels:
    case Kind::out:
      break;
  }
  return std::nullopt;
}

void EntityMaker::keep_field(const Row& row, JsonValue value, model::LabelSet labels) {
  const Target& target = row.target;
  const auto at = [&](JsonValue& object, std::string_view name) -> JsonValue* {
    return const_cast<JsonValue*>(base::member(object, name));
  };
  const auto fresh = [&](JsonValue& object, std::string_view name, JsonValue made) -> JsonValue& {
    object.AddMember(lent(name), std::move(made), run_.memory);
    return (object.MemberEnd() - 1)->value;
  };
  std::string pointer = "/" + target.field;
  JsonValue* field = at(body_, target.field);
  if (target.list) {
    if (field == nullptr) field = &fresh(body_, target.field, JsonValue(rapidjson::kArrayType));
    const JsonValue& new_one = value;
    // The same thing said twice is one thing.
    if (std::any_of(
            field->Begin(), field->End(), [&](const JsonValue& old) { return old == new_one; }))
      return;
    pointer += "/" + std::to_string(field->Size());
    field->PushBack(std::move(value), run_.memory);
  } else if (target.sub.empty()) {
    if (field != nullptr) return;  // the first row that gives something has it
    fresh(body_, target.field, std::move(value));
  } else {
    const bool items = target.items;
    if (field == nullptr)
      field = &fresh(
          body_, target.field, JsonValue(items ? rapidjson::kArrayType : rapidjson::kObjectType));
    if (items && item_ != SIZE_MAX) {
      while (field->Size() <= item_)
        field->PushBack(JsonValue(rapidjson::kObjectType), run_.memory);
      field = &(*field)[static_cast<rapidjson::SizeType>(item_)];
      pointer += "/" + std::to_string(item_);
    } else if (items) {
      return;
    }
    if (at(*field, target.sub) != nullptr) return;
    fresh(*field, target.sub, std::move(value));
    pointer += "/" + target.sub;
  }
  std::erase_if(entity_.absent, [&](const auto& one) {
    return one.pointer == "/" + target.field || one.pointer == pointer;
  });
  if (!labels.empty()) label(pointer, labels);
}

void EntityMaker::keep_absent(const Row& row, std::string_view reason, std::string_view seen) {
  if (row.target.kind != Kind::field) return;
  std::string pointer = "/" + row.target.field;
  if (row.target.list && base::member(body_, row.target.field) != nullptr) return;
  if (!row.target.items && !row.target.sub.empty()) pointer += "/" + row.target.sub;
  const JsonValue* there = base::member(body_, row.target.field);
  if (row.target.sub.empty() && there != nullptr) return;
  for (const auto& one : entity_.absent)
    if (one.pointer == pointer) return;
  entity_.absent.push_back({std::move(pointer), std::string(reason), std::string(seen)});
}

void EntityMaker::label(const std::string& pointer, model::LabelSet labels) {
  if (pointer.empty()) return entity_.labels.add(labels);
  for (auto& [at, set] : entity_.field_labels)
    if (at == pointer) return set.add(labels);
  entity_.field_labels.emplace_back(pointer, labels);
}

void EntityMaker::note(const Row& row, const Made& made, What action) {
  if (trace_ == nullptr) return;
  Trace trace{&row, made.came, action, {}, std::string(made.reason)};
  if (made.came == Made::Came::value) trace.shown = base::write_json(made.value);
  if (made.came == Made::Came::invalid) trace.shown = made.cause;
  trace_->push_back(std::move(trace));
}

base::Error EntityMaker::refuse(const Row& row, const char* code, std::string cause) const {
  const bool missing = std::string_view(code) == "MAPPING_MISSING";
  return base::bad_record(
      code,
      table_.name + ":" + std::to_string(row.line) + (missing ? " if_missing" : " if_invalid"),
      table_.entity + "." + row.target_text + " from " + row.source_text + ": " + std::move(cause),
      "mend it at the source, or change that row; see: concord map test");
}

std::optional<base::Error> EntityMaker::finish() {
  entity_.body.clear();
  // A field of which nothing was given.
  for (auto it = body_.MemberBegin(); it != body_.MemberEnd();)
    it = it->value.IsArray() && it->value.Empty() ? body_.EraseMember(it) : it + 1;
  const auto is_absent = [&](std::string_view name) {
    return std::any_of(entity_.absent.begin(), entity_.absent.end(), [&](const auto& one) {
      return one.pointer.size() > name.size() && one.pointer.compare(1, name.size(), name) == 0 &&
             (one.pointer.size() == name.size() + 1 || one.pointer[name.size() + 1] == '/');
    });
  };
  if (const auto fault = Checker::check(*table_.body, body_, is_absent))
    return base::bad_record("MAPPING_SCHEMA",
                            table_.name,
                            table_.entity + fault->pointer + ": " + fault->cause,
                            "change the row that gives it, or mend the record at the source");
  if (table_.body->about_person && entity_.subject_record.empty())
    return base::bad_record("MAPPING_SUBJECT",
                            table_.name,
                            table_.entity + ": nothing tells whom it is about",
                            "let $subject reject what lacks it, or mend the record at the source");
  entity_.body = base::write_json(body_);
  if (!extra_.ObjectEmpty()) entity_.extra = base::write_json(extra_);
  if (table_.entity == "Person") gather_hints();
  return std::nullopt;
}

// What identifies the person: whole dates and lasting names alone.
void EntityMaker::gather_hints() {
  if (const JsonValue* names = base::member(body_, "names"); names != nullptr) {
    for (const JsonValue& name : names->GetArray()) {
      if (base::text_of(name, "use") == "temp") {
        hints_.temporary_name = true;
        continue;
      }
      model::IdentityHints::Name hint{std::string(base::text_of(name, "family")),
                                      text_of_array(name, "given")};
      if (!hint.family.empty() || !hint.given.empty()) hints_.names.push_back(std::move(hint));
    }
  }
  if (const JsonValue* birth = base::member(body_, "birth_date"); birth != nullptr) {
    const auto date = parts_of_pdate(*birth);
    const JsonValue* about = base::member(*birth, "approximate");
    if (date && date->day != 0 && (about == nullptr || !about->IsTrue()))
      hints_.birth_date = write_date(*date, "");
  }
  if (const JsonValue* sex = base::member(body_, "sex"); sex != nullptr)
    hints_.sex = base::text_of(*sex, "code");
  if (const JsonValue* list = base::member(body_, "identifiers"); list != nullptr)
    for (const JsonValue& one : list->GetArray())
      hints_.identifiers.push_back(
          {std::string(base::text_of(one, "system")), std::string(base::text_of(one, "value"))});
}

}  // namespace concord::translate
