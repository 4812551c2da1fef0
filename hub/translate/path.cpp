#include "hub/translate/path.hpp"

#include <algorithm>
#include <charconv>

namespace concord::translate {
namespace {

constexpr std::array<std::string_view, kMetaCount> kMetaNames = {"record",
                                                                 "item",
                                                                 "key",
                                                                 "type",
                                                                 "version",
                                                                 "changed_at",
                                                                 "id",
                                                                 "status",
                                                                 "subject",
                                                                 "agency",
                                                                 "effective.start",
                                                                 "effective.end",
                                                                 "zone"};

std::vector<std::string> split_dots(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t dot = text.find('.');
    parts.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

bool same(const JsonValue& value, std::string_view text) {
  if (value.IsString()) return base::text(value) == text;
  if (value.IsBool()) return text == (value.GetBool() ? "true" : "false");
  if (value.IsInt64()) return text == std::to_string(value.GetInt64());
  return false;
}

// Does the item have the value at the path? Lists on the way count when any of their items does.
bool holds(const JsonValue& at,
           const std::vector<std::string>& path,
           size_t step,
           std::string_view value) {
  if (at.IsArray())
    return std::any_of(at.Begin(), at.End(), [&](const JsonValue& item) {
      return holds(item, path, step, value);
    });
  if (step == path.size()) return same(at, value);
  const JsonValue* next = base::member(at, path[step]);
  return next != nullptr && holds(*next, path, step + 1, value);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

bool is_missing(const JsonValue& value) {
  if (value.IsNull()) return true;
  if (value.IsString()) return trimmed(base::text(value)).empty();
  if (value.IsArray()) return value.Empty();
  return value.IsObject() && value.ObjectEmpty();
}

base::Result<SourcePath, std::string> SourcePath::parse(std::string_view text) {
  SourcePath path;
  path.text_ = text;
  std::string_view rest = text;
  bool need_member = true;  // a name must follow
  if (rest.starts_with('$')) {
    rest.remove_prefix(1);
    const size_t end = std::min(rest.find('['), rest.size());
    // The longest name wins, so that "$effective.start" is one.
    size_t taken = 0;
    for (size_t i = 0; i < kMetaCount; ++i) {
      const std::string_view name = kMetaNames[i];
      const bool whole =
          rest.substr(0, end) == name || (rest.starts_with(name) && rest.size() > name.size() &&
                                          (rest[name.size()] == '.' || rest[name.size()] == '['));
      if (!whole || name.size() <= taken) continue;
      taken = name.size();
      path.root_ = static_cast<Meta>(i);
    }
    if (taken == 0) return "there is no \"" + std::string(text) + "\"";
    rest.remove_prefix(taken);
    need_member = false;
  } else if (rest.starts_with('.')) {
    path.root_ = Meta::item;
    need_member = false;  // the dot leads to it
  }
  while (!rest.empty() || need_member) {
    if (rest.starts_with('[')) {
      if (need_member) return std::string("a name is missing before \"[\"");
      const size_t end = rest.find(']');
      if (end == std::string_view::npos) return std::string("\"[\" is never closed");
      const std::string_view inside = rest.substr(1, end - 1);
      rest.remove_prefix(end + 1);
      Step step;
      if (const size_t equals = inside.find('='); equals != std::string_view::npos) {
        step.kind = Step::Kind::select;
        step.select_path = split_dots(inside.substr(0, equals));
        step.select_value = inside.substr(equals + 1);
      } else if (inside.empty()) {
        step.kind = Step::Kind::each;
      } else {
        step.kind = Step::Kind::index;
        const auto read = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
        if (read.ec != std::errc() || read.ptr != inside.data() + inside.size())
          return "\"[" + std::string(inside) + "]\" is neither [], [number] nor [name=value]";
      }
      path.steps_.push_back(std::move(step));
      continue;
    }
    if (rest.starts_with('.')) {
      if (need_member) return std::string("two dots without a name between");
      rest.remove_prefix(1);
    } else if (!need_member) {
      return "\"" + std::string(text) + "\" has no dot where one belongs";
    }
    const size_t end = std::min(rest.find_first_of(".["), rest.size());
    const std::string_view name = rest.substr(0, end);
    if (name.empty()) return std::string("a name is missing");
    if (name.find_first_of(" ,;]=") != std::string_view::npos)
      return "\"" + std::string(name) + "\" is no name";
    path.steps_.push_back({Step::Kind::member, std::string(name), 0, {}, {}});
    rest.remove_prefix(end);
    need_member = false;
  }
  return path;
}

bool SourcePath::many() const {
  return std::any_of(
      steps_.begin(), steps_.end(), [](const Step& step) { return step.kind == Step::Kind::each; });
}

void SourcePath::walk(const JsonValue& at, size_t step, Values& out) const {
  const JsonValue* here = &at;
  for (; step < steps_.size(); ++step) {
    const Step& next = steps_[step];
    switch (next.kind) {
      case Step::Kind::member:
        here = base::member(*here, next.name);
        if (here == nullptr) return;
        break;
      case Step::Kind::index:
        if (!here->IsArray() || here->Size() <= next.index) return;
        here = &(*here)[static_cast<rapidjson::SizeType>(next.index)];
        break;
      case Step::Kind::each:
        if (!here->IsArray()) return;
        for (const JsonValue& item : here->GetArray()) walk(item, step + 1, out);
        return;
      case Step::Kind::select:
        if (!here->IsArray()) return;
        for (const JsonValue& item : here->GetArray())
          if (holds(item, next.select_path, 0, next.select_value)) walk(item, step + 1, out);
        return;
    }
  }
  if (!is_missing(*here)) out.push_back(here);
}

void SourcePath::find(const Metas& metas, Values& out) const {
  if (const JsonValue* start = metas[static_cast<size_t>(root_)]) walk(*start, 0, out);
}

void SourcePath::find_below(const JsonValue& start, Values& out) const {
  walk(start, 0, out);
}

const JsonValue* SourcePath::first(const Metas& metas) const {
  const JsonValue* start = metas[static_cast<size_t>(root_)];
  return start == nullptr ? nullptr : first_below(*start);
}

const JsonValue* SourcePath::first_below(const JsonValue& start) const {
  const bool plain = std::all_of(steps_.begin(), steps_.end(), [](const Step& step) {
    return step.kind == Step::Kind::member;
  });
  if (plain) {
    const JsonValue* at = &start;
    for (const Step& step : steps_) {
      at = base::member(*at, step.name);
      if (at == nullptr) return nullptr;
    }
    return is_missing(*at) ? nullptr : at;
  }
  Values found;
  walk(start, 0, found);
  return found.empty() ? nullptr : found.front();
}

std::optional<std::pair<SourcePath, SourcePath>> SourcePath::split_at_each() const {
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].kind != Step::Kind::each) continue;
    const auto at = steps_.begin() + static_cast<std::ptrdiff_t>(i);
    SourcePath before, after;
    before.text_ = after.text_ = text_;
    before.root_ = root_;
    before.steps_.assign(steps_.begin(), at);
    after.steps_.assign(at + 1, steps_.end());
    return std::make_pair(std::move(before), std::move(after));
  }
  return std::nullopt;
}

void SourcePath::put(JsonValue& root,
                     JsonValue value,
                     rapidjson::MemoryPoolAllocator<>& memory) const {
  JsonValue* at = &root;
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::member) {
      if (!at->IsObject()) at->SetObject();
      auto found = at->FindMember(step.name.c_str());
      if (found == at->MemberEnd()) {
        at->AddMember(base::json_text(step.name, memory), JsonValue(), memory);
        found = at->MemberEnd() - 1;
      }
      at = &found->value;
      continue;
    }
    if (!at->IsArray()) at->SetArray();
    const size_t index = step.kind == Step::Kind::index ? step.index : 0;
    while (at->Size() <= index) at->PushBack(JsonValue(), memory);
    at = &(*at)[static_cast<rapidjson::SizeType>(index)];
    if (step.kind == Step::Kind::select) {
      at->SetObject();
      JsonValue* deep = at;
      for (const std::string& name : step.select_path) {
        deep->SetObject();
        deep->AddMember(base::json_text(name, memory), JsonValue(), memory);
        deep = &(deep->MemberEnd() - 1)->value;
      }
      *deep = base::json_text(step.select_value, memory);
    }
  }
  *at = std::move(value);
}

}  // namespace concord::translate
