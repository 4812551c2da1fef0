// A row's example as a unit test.
#include "hub/translate/run.hpp"
#include "hub/translate/tools.hpp"

namespace concord::translate {
namespace {

using Kind = Target::Kind;

constexpr std::string_view kZone = "America/New_York";

bool is_json(std::string_view text) {
  return text.starts_with('{') || text.starts_with('[') || text.starts_with('"');
}

// Text, or JSON where it begins so.
JsonValue value_of(const std::string& text, rapidjson::MemoryPoolAllocator<>& memory) {
  if (is_json(text))
    if (auto read = base::read_json(text, "example")) return JsonValue(*read, memory);
  return base::json_text(text, memory);
}

// The world in which the row finds its example.
class Stage {
 public:
  Stage(const Table& table, const Row& row, rapidjson::MemoryPoolAllocator<>& memory) {
    zone_ = base::json_text(kZone, memory);
    run_metas(Meta::zone, zone_);
    run_metas(Meta::record, root_);
    if (table.each) run_metas(Meta::item, item_);
    place(table, row, memory);
  }
  Metas metas{};

 private:
  void run_metas(Meta meta, JsonValue& value) { metas[static_cast<size_t>(meta)] = &value; }

  void place(const Table& table, const Row& row, rapidjson::MemoryPoolAllocator<>& memory) {
    JsonValue value = value_of(row.example, memory);
    const SourcePath* only = row.sources.size() == 1 ? &row.sources.front() : nullptr;
    const bool whole =
        only == nullptr || (only->empty() && !row.target.items &&
                            (only->root() == Meta::record || only->root() == Meta::item));
    if (whole) {
      (table.each ? item_ : root_) = std::move(value);
      return;
    }
    if (row.target.items) {
      JsonValue inner(rapidjson::kObjectType), list(rapidjson::kArrayType);
      if (row.in_item.front().empty())
        inner = std::move(value);
      else
        row.in_item.front().put(inner, std::move(value), memory);
      list.PushBack(std::move(inner), memory);
      value = std::move(list);
    }
    if (only->root() != Meta::record && only->root() != Meta::item) {
      meta_ = std::move(value);
      return run_metas(only->root(), meta_);
    }
    only->put(only->root() == Meta::item ? item_ : root_, std::move(value), memory);
  }

  JsonValue root_{rapidjson::kObjectType}, item_{rapidjson::kObjectType}, meta_, zone_;
};

std::string names_of(model::LabelSet labels) {
  std::string out;
  for (const model::Label label : labels.list())
    out += (out.empty() ? "" : " ") + std::string(model::name_of(label));
  return out.empty() ? "none" : out;
}

std::string told(const std::vector<Trace>& trace) {
  std::string out;
  for (const Trace& one : trace) {
    std::string said;
    if (one.came == Made::Came::value) {
      auto value = base::read_json(one.shown, "value");
      said = value ? in_short(*value) : one.shown;
    } else if (one.action == Action::What::absent) {
      said = "absent:" + one.reason;
    } else if (one.action == Action::What::fallback) {
      said = one.row->if_missing.what == Action::What::fallback && one.came == Made::Came::missing
                 ? in_short(*one.row->if_missing.value)
                 : in_short(*one.row->if_invalid.value);
    } else {
      said = one.action == Action::What::reject ? "reject" : "skip";
    }
    out += (out.empty() ? "" : ", ") + said;
  }
  return out;
}

std::string text_of(const JsonValue& value) {
  return value.IsString() ? std::string(base::text(value)) : base::write_json(value);
}

}  // namespace

std::string in_short(const JsonValue& value) {
  if (!value.IsObject()) return text_of(value);
  const auto member = [&](std::string_view name) {
    return std::string(base::text_of(value, name));
  };
  const auto has = [&](std::string_view name) { return base::member(value, name) != nullptr; };
  const size_t members = value.MemberCount();
  if (has("year")) {
    if (const auto date = parts_of_pdate(value)) return write_date(*date, "iso");
  }
  if (has("local") && has("zone") && has("at")) {
    const JsonValue* fold = base::member(value, "fold");
    return member("local") + " " + member("zone") +
           (fold == nullptr ? "" : " fold " + base::write_json(*fold));
  }
  if (has("system") && has("code") && members == 2)
    return member("system").starts_with("ccr:") ? member("code")
                                                : member("system") + "|" + member("code");
  if (has("system") && has("value") && members == 2)
    return member("system") + "|" + member("value");
  if (has("type") && has("id") && members == 2) return member("type") + "|" + member("id");
  if (has("text") && members == 1) return member("text");
  if (has("value") && base::member(value, "value")->IsNumber()) {
    std::string out = member("comparator") + base::write_json(*base::member(value, "value"));
    return member("unit").empty() ? out : out + " " + member("unit");
  }
  return base::write_json(value);
}

std::string run_example(const Table& table, const Row& row) {
  rapidjson::MemoryPoolAllocator<> memory;
  Stage stage(table, row, memory);
  Run run(memory);
  run.metas = stage.metas;
  run.zone = kZone;
  run.place = table.name;
  std::vector<Trace> trace;
  if (table.outward) {
    JsonValue body(rapidjson::kObjectType);
    apply_out(table, row, run, body, nullptr, &trace);
    return told(trace);
  }
  model::Entity entity;
  EntityMaker maker(table, run, entity, &trace);
  const auto fault = maker.apply(row);
  if (row.target.kind == Kind::labels) {
    if (fault) return "reject";
    return names_of(entity.field_labels.empty() ? entity.labels
                                                : entity.field_labels.front().second);
  }
  std::string said = told(trace);
  // A secret address brings its label along.
  for (const auto& [pointer, labels] : entity.field_labels) said += " " + names_of(labels);
  return said;
}

std::string judge_example(const Table& table, const Row& row) {
  const std::string came = run_example(table, row);
  if (came == row.expect) return {};
  if (is_json(row.expect) && is_json(came)) {
    const auto wanted = base::read_json(row.expect, "expect"), made = base::read_json(came, "made");
    if (wanted && made &&
        static_cast<const JsonValue&>(*wanted) == static_cast<const JsonValue&>(*made))
      return {};
  }
  return "wanted " + row.expect + ", came " + came;
}

}  // namespace concord::translate
