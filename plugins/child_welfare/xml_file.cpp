#include <algorithm>
#include <concord/json.hpp>
#include <concord/page.hpp>
#include <concord/xml.hpp>

#include "child_welfare/drop_file.hpp"
#include "child_welfare/fields.hpp"

namespace concord::child_welfare {
namespace {

std::vector<std::string_view> steps_of(std::string_view path) {
  std::vector<std::string_view> steps;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (end > 0) steps.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return steps;
}

// "E69_removal_date", "../../E4_child_record_number", "/E2_report_date" (from the root element),
// "@id"; "." is the element itself. nullopt: there is none.
std::optional<std::string> text_at(pugi::xml_node node, std::string_view path) {
  if (path.starts_with('/'))
    while (node.parent().type() == pugi::node_element) node = node.parent();
  for (const std::string_view step : steps_of(path)) {
    if (step == ".") continue;
    if (step.starts_with('@')) {
      const auto attribute = sdk::find_attribute(node, "", step.substr(1));
      return attribute ? std::optional<std::string>(attribute.value()) : std::nullopt;
    }
    node = step == ".." ? node.parent() : sdk::find(node, "", step);
    if (!node) return std::nullopt;
  }
  return sdk::xml_text(node);
}

void collect(const pugi::xml_node& node,
             const std::vector<std::string_view>& steps,
             size_t at,
             std::vector<pugi::xml_node>& out) {
  if (at == steps.size()) {
    out.push_back(node);
    return;
  }
  for (const pugi::xml_node& child : sdk::find_all(node, "", steps[at]))
    collect(child, steps, at + 1, out);
}

class XmlFile : public DropFile {
 public:
  XmlFile(const RecordSettings& settings, std::string name, std::string bytes, size_t bytes_max)
      : settings_(settings), name_(std::move(name)), bytes_(std::move(bytes)) {
    auto loaded = sdk::load_xml(bytes_, document_, name_, {.bytes_max = bytes_max});
    if (!loaded) {
      fault_ = std::move(loaded).error();
      return;
    }
    collect(document_.document_element(), steps_of(settings_.record), 0, records_);
    // An empty list is a file without records; no list at all is another kind of file.
    const auto steps = steps_of(settings_.record);
    if (records_.empty() && !steps.empty() &&
        !sdk::find(document_.document_element(), "", steps.front()))
      fault_ =
          sdk::bad_record("XML_KIND",
                          name_,
                          "the root holds no element \"" + std::string(steps.front()) + "\"",
                          "see whether this file belongs here, or mend record in the settings");
  }

  sdk::Status read(DropPosition& position, const sdk::Limits& limits, sdk::Batch& batch) override {
    if (fault_) {
      batch.rejects.push_back(
          {settings_.type, "", sdk::cut_raw(bytes_, limits.body_bytes_max), *fault_});
      position.finished = true;
      return sdk::Done{};
    }
    const size_t end = std::min<size_t>(records_.size(), position.offset + limits.records_max);
    for (; position.offset < end; ++position.offset) take(records_[position.offset], limits, batch);
    position.finished = position.offset >= records_.size();
    return sdk::Done{};
  }

 private:
  void take(const pugi::xml_node& node, const sdk::Limits& limits, sdk::Batch& batch) {
    const std::string place = place_of(node);
    sdk::JsonWriter json;
    json.object();
    for (const auto& [member, path] : settings_.carry)
      if (!sdk::find(node, "", member)) json.field(member, text_at(node, path).value_or(""));
    std::string body = json.end().text();
    const std::string own = sdk::xml_to_json(node, [&](const pugi::xml_node& child) {
      return std::find(settings_.leave_out.begin(),
                       settings_.leave_out.end(),
                       sdk::local_name(child)) == settings_.leave_out.end();
    });
    join(body, own);
    auto record = make_record(
        settings_, std::move(body), [&](const std::string& path) { return text_at(node, path); });
    if (!record) {
      record.error().place = place;
      batch.rejects.push_back({settings_.type,
                               "",
                               sdk::cut_raw(own, limits.body_bytes_max),
                               std::move(record).error()});
      return;
    }
    record->origin = place;
    sdk::add_record(batch, std::move(record).value(), limits);
  }

  // {"a":1} and {"b":2} become {"a":1,"b":2}; an element that is only text becomes "#text".
  void join(std::string& body, const std::string& own) const {
    const bool object = own.starts_with('{');
    const std::string_view members =
        object ? std::string_view(own).substr(1, own.size() - 2) : std::string_view(own);
    body.pop_back();
    if (body.size() > 1 && !members.empty()) body += ',';
    if (!object) body += "\"#text\":";
    body.append(members).append(1, '}');
  }

  // Records come in the order of the document, so lines are counted on from the last one.
  std::string place_of(const pugi::xml_node& node) {
    const ptrdiff_t offset = node.offset_debug();
    if (offset < 0) return name_;
    const auto until = std::min(static_cast<size_t>(offset), bytes_.size());
    if (until < counted_) counted_ = line_start_ = 0, line_ = 1;
    for (; counted_ < until; ++counted_) {
      if (bytes_[counted_] != '\n') continue;
      ++line_;
      line_start_ = counted_ + 1;
    }
    return name_ + ":" + std::to_string(line_) + ":" + std::to_string(until - line_start_ + 1);
  }

  const RecordSettings& settings_;
  std::string name_;
  std::string bytes_;
  pugi::xml_document document_;
  std::vector<pugi::xml_node> records_;
  std::optional<sdk::Error> fault_;
  size_t counted_ = 0, line_ = 1, line_start_ = 0;
};

}  // namespace

std::unique_ptr<DropFile> open_xml(const RecordSettings& settings,
                                   std::string name,
                                   std::string bytes,
                                   size_t bytes_max) {
  return std::make_unique<XmlFile>(settings, std::move(name), std::move(bytes), bytes_max);
}

}  // namespace concord::child_welfare
