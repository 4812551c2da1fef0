#include "health/hl7_build.hpp"

#include "health/hl7_text.hpp"
#include "health/hl7_time.hpp"

namespace concord::health {
namespace {

std::string joined(const std::vector<std::string>& parts, char by) {
  size_t count = parts.size();
  while (count > 0 && parts[count - 1].empty()) --count;
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) out += by;
    out += parts[i];
  }
  return out;
}

// The n-th text (from 0) of a list member.
std::string item(const Json& object, const char* name, rapidjson::SizeType n) {
  const Json* list = json_member(&object, name);
  if (list == nullptr || !list->IsArray() || list->Size() <= n) return {};
  return json_scalar((*list)[n]);
}

// All texts of a list member from the n-th on.
std::string items_from(const Json& object, const char* name, rapidjson::SizeType n) {
  std::string out = item(object, name, n);
  for (std::string more; !(more = item(object, name, ++n)).empty();) out += " " + more;
  return out;
}

}  // namespace

void SegmentBuilder::set(size_t n, std::string text) {
  if (fields_.size() < n) fields_.resize(n);
  fields_[n - 1] = std::move(text);
}

std::string SegmentBuilder::text() const {
  if (name_ != "MSH") {
    const std::string fields = joined(fields_, '|');
    return fields.empty() ? name_ : name_ + "|" + fields;
  }
  // MSH-1 is the delimiter itself.
  return name_ + "|" + joined({fields_.begin() + 1, fields_.end()}, '|');
}

std::string MessageBuilder::text() const {
  std::string out;
  for (const SegmentBuilder& segment : segments_) out += segment.text() + '\r';
  return out;
}

const Json* json_member(const Json* object, const char* name) {
  if (object == nullptr || !object->IsObject()) return nullptr;
  auto it = object->FindMember(name);
  return it == object->MemberEnd() || it->value.IsNull() ? nullptr : &it->value;
}

std::string json_scalar(const Json& value) {
  if (value.IsString()) return {value.GetString(), value.GetStringLength()};
  if (value.IsNumber()) return sdk::write_json(value);
  if (value.IsBool()) return value.GetBool() ? "Y" : "N";
  return {};
}

std::string json_text(const Json* object, const char* name) {
  const Json* value = json_member(object, name);
  return value == nullptr ? std::string() : json_scalar(*value);
}

std::string escaped(std::string_view text) {
  return escape(text, {});
}

std::string components(std::initializer_list<std::string> parts) {
  return joined(parts, '^');
}

std::string written_text(const Json* object, const char* name) {
  return escaped(json_text(object, name));
}

std::string written_time(const Json* object, const char* name) {
  return escaped(hl7_from_iso(json_text(object, name)));
}

std::string written_identifier(const Json& one) {
  std::string assigner = written_text(&one, "assigner");
  const std::string id = written_text(&one, "assigner_id");
  if (!id.empty()) assigner += "&" + id + "&" + written_text(&one, "assigner_kind");
  return components({written_text(&one, "value"),
                     written_text(&one, "check"),
                     written_text(&one, "check_scheme"),
                     assigner,
                     written_text(&one, "type"),
                     written_text(&one, "facility"),
                     written_time(&one, "start"),
                     written_time(&one, "end")});
}

std::string written_name(const Json& one) {
  return components({written_text(&one, "family"),
                     escaped(item(one, "given", 0)),
                     escaped(items_from(one, "given", 1)),
                     written_text(&one, "suffix"),
                     written_text(&one, "prefix"),
                     written_text(&one, "degree"),
                     written_text(&one, "type")});
}

std::string written_address(const Json& one) {
  return components({escaped(item(one, "lines", 0)),
                     escaped(items_from(one, "lines", 1)),
                     written_text(&one, "city"),
                     written_text(&one, "state"),
                     written_text(&one, "postal"),
                     written_text(&one, "country"),
                     written_text(&one, "type"),
                     "",
                     written_text(&one, "county")});
}

std::string written_contact(const Json& one) {
  return components({written_text(&one, "value"),
                     written_text(&one, "use"),
                     written_text(&one, "equipment"),
                     written_text(&one, "email"),
                     written_text(&one, "country_code"),
                     written_text(&one, "area"),
                     written_text(&one, "number"),
                     written_text(&one, "extension")});
}

std::string written_coded(const Json& one) {
  if (!one.IsObject()) return escaped(json_scalar(one));
  return components({written_text(&one, "code"),
                     written_text(&one, "text"),
                     written_text(&one, "system"),
                     written_text(&one, "alternate_code"),
                     written_text(&one, "alternate_text"),
                     written_text(&one, "alternate_system")});
}

std::string written_coded_member(const Json* object, const char* name) {
  const Json* value = json_member(object, name);
  return value == nullptr ? std::string() : written_coded(*value);
}

std::string written_list(const Json* object, const char* name, std::string (*write)(const Json&)) {
  std::string out;
  for_each(object, name, [&](const Json& one) {
    const std::string text = write(one);
    if (!text.empty()) out += (out.empty() ? "" : "~") + text;
  });
  return out;
}

}  // namespace concord::health
