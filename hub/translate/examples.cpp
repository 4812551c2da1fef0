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

// Text, or JSON where it begins so; as_scalar: also a number, true or false.
JsonValue value_of(const std::string& text,
                   bool as_scalar,
                   rapidjson::MemoryPoolAllocator<>& memory) {
  if (is_json(text) || as_scalar)
    if (auto read = base::read_json(text, "example")) return JsonValue(*read, memory);
  return base::json_text(text, memory);
}

// The world in which the row finds its example.
class Stage {
 public:
  Stage(const Table& table,
        const Row& row,
        bool as_scalar,
        rapidjson::MemoryPoolAllocator<>& memory) {
    zone_ = base::json_text(kZone, memory);
    run_metas(Meta::zone, zone_);
    run_metas(Meta::record, root_);
    if (table.each) run_metas(Meta::item, item_);
    place(table, row, value_of(row.example, as_scalar, memory), memory);
  }
  Metas metas{};

 private:
  void run_metas(Meta meta, JsonValue& value) { metas[static_cast<size_t>(meta)] = &value; }

  void place(const Table& table,
             const Row& row,
             JsonValue value,
             rapidjson::MemoryPoolAllocator<>& memory) {
    // Of several sources: the record, or the value of the first.
    const bool first = row.sources.size() == 1 || (!row.sources.empty() && !value.IsObject());
    const SourcePath* only = first ? &row.sources.front() : nullptr;
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

// What the rows gave, in short, and as JSON where it is one value.
struct Told {
  std::string brief, json;
  void add(const std::string& said, const std::string& as_json) {
    brief += (brief.empty() ? "" : ", ") + said;
    json = json.empty() ? as_json : "several";
  }
};

Told told(const std::vector<Trace>& trace) {
  Told out;
  for (const Trace& one : trace) {
    if (one.came == Made::Came::value) {
      auto value = base::read_json(one.shown, "value");
      out.add(value ? in_short(*value) : one.shown, one.shown);
    } else if (one.action == Action::What::absent) {
      out.add("absent:" + one.reason, {});
    } else if (one.action == Action::What::fallback) {
      const JsonValue* value =
          one.came == Made::Came::missing ? one.row->if_missing.value : one.row->if_invalid.value;
      out.add(in_short(*value), base::write_json(*value));
    } else {
      out.add(one.action == Action::What::reject ? "reject" : "skip", {});
    }
  }
  return out;
}

bool same_json(const std::string& wanted, const std::string& made) {
  if (!is_json(wanted) || !is_json(made)) return false;
  const auto one = base::read_json(wanted, "expect"), other = base::read_json(made, "made");
  return one && other &&
         static_cast<const JsonValue&>(*one) == static_cast<const JsonValue&>(*other);
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
  if (has("system") && has("value") && (members == 2 || has("assigner")))
    return member("system") + "|" + member("value");
  if (has("type") && has("id") && members == 2) return member("type") + "|" + member("id");
  if (has("text") && members == 1) return member("text");
  if (has("value") && base::member(value, "value")->IsNumber()) {
    std::string out = member("comparator") + base::write_json(*base::member(value, "value"));
    return member("unit").empty() ? out : out + " " + member("unit");
  }
  return base::write_json(value);
}

namespace {

std::string judge(const Table& table, const Row& row, bool as_scalar) {
  rapidjson::MemoryPoolAllocator<> memory;
  Stage stage(table, row, as_scalar, memory);
  Run run(memory);
  run.metas = stage.metas;
  run.zone = kZone;
  run.place = table.name;
  std::vector<Trace> trace;
  const auto wrong = [&](const std::string& came) {
    return "wanted " + row.expect + ", came " + came;
  };
  if (table.outward) {
    JsonValue body(rapidjson::kObjectType);
    apply_out(table, row, run, body, nullptr, &trace);
    const Told out = told(trace);
    // The value, or the record that has it alone.
    const bool right = out.brief == row.expect || same_json(row.expect, out.json) ||
                       same_json(row.expect, base::write_json(body));
    return right ? std::string() : wrong(out.brief);
  }
  model::Entity entity;
  EntityMaker maker(table, run, entity, &trace);
  const auto fault = maker.apply(row);
  if (row.target.kind == Kind::labels) {
    const std::string came =
        fault ? "reject"
              : names_of(entity.field_labels.empty() ? entity.labels
                                                     : entity.field_labels.front().second);
    return came == row.expect ? std::string() : wrong(came);
  }
  const Told out = told(trace);
  std::string expect = row.expect, labels;
  for (const auto& [pointer, set] : entity.field_labels) labels += " " + names_of(set);
  // Labels that the value brings along may be named behind it: then they must be those.
  if (!labels.empty() && expect.ends_with(labels)) expect.resize(expect.size() - labels.size());
  if (out.brief == expect || same_json(expect, out.json)) return {};
  return wrong((is_json(expect) && !out.json.empty() ? out.json : out.brief) + labels);
}

}  // namespace

// "12" in an example may stand for the text or for the number.
std::string judge_example(const Table& table, const Row& row) {
  std::string wrong = judge(table, row, false);
  const bool scalar =
      row.example == "true" || row.example == "false" ||
      (!row.example.empty() && row.example.find_first_not_of("0123456789.-") == std::string::npos);
  if (wrong.empty() || !scalar) return wrong;
  return judge(table, row, true).empty() ? std::string() : wrong;
}

}  // namespace concord::translate
