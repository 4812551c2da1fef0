#include "health/fhir_bundle.hpp"

#include <algorithm>
#include <array>
#include <concord/json.hpp>
#include <cstdio>

#include "health/hl7_read.hpp"
#include "health/hl7_time.hpp"
#include "health/json_slices.hpp"

namespace concord::health {
namespace {

bool is_plain(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
  });
}

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= 40 && text[0] >= 'A' && text[0] <= 'Z' &&
         is_plain(text, "");
}

sdk::Reject refuse(std::string_view type,
                   std::string_view raw,
                   const char* code,
                   std::string place,
                   std::string cause,
                   const char* next) {
  return rejected(is_type(type) ? type : "resource",
                  raw,
                  sdk::bad_record(code, std::move(place), std::move(cause), next));
}

// "Patient/123", "https://host/fhir/Patient/123", "Patient/123/_history/4" -> type and id.
struct Reference {
  std::string_view type, id;
};
std::optional<Reference> reference_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  if (const size_t history = url.find("/_history"); history != url.npos)
    url = url.substr(0, history);
  const size_t id_at = url.rfind('/');
  if (id_at == url.npos || id_at + 1 == url.size()) return std::nullopt;
  const size_t type_at = url.rfind('/', id_at - 1);
  const std::string_view type = url.substr(type_at == url.npos ? 0 : type_at + 1,
                                           id_at - (type_at == url.npos ? 0 : type_at + 1));
  if (!is_type(type)) return std::nullopt;
  return Reference{type, url.substr(id_at + 1)};
}

// W/"3" -> 3
std::string etag_version(std::string_view raw_json_string) {
  std::string out;
  for (const char c : raw_json_string) {
    if (is_plain({&c, 1}, "-.") && c != 'W') out += c;
  }
  return out;
}

std::string hash_of(std::string_view text) {  // FNV-1a; tells same from changed, no more
  uint64_t hash = 1469598103934665603ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  std::array<char, 24> out{};
  std::snprintf(out.data(), out.size(), "%016llx", static_cast<unsigned long long>(hash));
  return out.data();
}

// An entry without a resource: a deletion (history), or something gone (410).
void read_gone(std::string_view entry,
               const JsonMembers& members,
               const std::string& place,
               BundlePage& page) {
  const std::string_view request = json_slice(members, "request");
  const std::string_view response = json_slice(members, "response");
  const std::string_view status = json_plain_at(response, {"status"});
  const bool deleted = json_plain_at(request, {"method"}) == "DELETE" ||
                       status.starts_with("410") || status.starts_with("404");
  auto reference = reference_of(json_plain_at(request, {"url"}));
  if (!reference) reference = reference_of(json_plain(json_slice(members, "fullUrl")));
  if (!reference) reference = reference_of(json_plain_at(response, {"location"}));
  if (!deleted || !reference) {
    page.rejects.push_back(refuse("resource",
                                  entry,
                                  "FHIR_ENTRY",
                                  place,
                                  "an entry with neither a resource nor a deletion",
                                  "see what the server sends there"));
    return;
  }
  const std::string_view modified = json_plain_at(response, {"lastModified"});
  std::string version_id;
  if (const auto parts = json_members(response))
    version_id = etag_version(json_slice(*parts, "etag"));
  sdk::Record record;
  record.type = reference->type;
  record.key = reference->id;
  record.version = version_of(modified, version_id, entry);
  record.origin = place;
  record.deleted = true;
  if (const auto at = instant_of_iso(modified)) record.changed_at_us = *at;
  page.records.push_back(std::move(record));
}

void read_entry(std::string_view entry,
                const std::string& place,
                uint64_t body_bytes_max,
                BundlePage& page) {
  const auto members = json_members(entry);
  if (!members) {
    page.rejects.push_back(refuse("resource",
                                  entry,
                                  "FHIR_ENTRY",
                                  place,
                                  "the entry is no JSON object",
                                  "see what the server sends there"));
    return;
  }
  const std::string_view resource = json_slice(*members, "resource");
  if (resource.empty()) return read_gone(entry, *members, place, page);
  if (json_plain_at(resource, {"resourceType"}) == "OperationOutcome") {
    ++page.outcomes;
    return;
  }
  ResourceRead read =
      read_resource(resource, place, body_bytes_max, json_plain(json_slice(*members, "fullUrl")));
  if (read.record) page.records.push_back(std::move(*read.record));
  if (read.reject) page.rejects.push_back(std::move(*read.reject));
}

std::string next_link(std::string_view links) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (links.empty() || !sdk::parse_json(links, document, fault) || !document.IsArray()) return {};
  for (const auto& link : document.GetArray()) {
    if (sdk::text_of(link, "relation") == "next") return std::string(sdk::text_of(link, "url"));
  }
  return {};
}

}  // namespace

std::string version_of(std::string_view last_updated,
                       std::string_view version_id,
                       std::string_view text) {
  std::string number(version_id);
  const bool digits = number.find_first_not_of("0123456789") == std::string::npos;
  if (!number.empty() && digits && number.size() < 12) number.insert(0, 12 - number.size(), '0');
  if (const auto at = instant_of_iso(last_updated)) return sortable(*at) + "/" + number;
  if (!number.empty()) return "0/" + number;
  return "0/" + hash_of(text);
}

ResourceRead read_resource(std::string_view text,
                           const std::string& place,
                           uint64_t body_bytes_max,
                           std::string_view full_url) {
  ResourceRead out;
  auto refused = [&](std::string_view type,
                     const char* code,
                     std::string where,
                     std::string cause,
                     const char* next) {
    out.reject = refuse(type, text, code, std::move(where), std::move(cause), next);
    return std::move(out);
  };
  if (text.size() > body_bytes_max) {
    return refused("resource",
                   "RECORD_SIZE",
                   place,
                   std::to_string(text.size()) + " bytes, more than the " +
                       std::to_string(body_bytes_max) + " allowed",
                   "raise the limit, or ask the source to send less");
  }
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(text, document, fault, {.bytes_max = body_bytes_max})) {
    return refused("resource",
                   "FHIR_JSON",
                   place + ", byte " + std::to_string(fault.offset + 1),
                   fault.code + ": " + fault.cause,
                   "tell the server's owner: this is no valid JSON");
  }
  const std::string_view type = sdk::text_of(document, "resourceType");
  if (!is_type(type)) {
    return refused("resource",
                   "FHIR_NO_RESOURCE",
                   place,
                   "no resourceType",
                   "see what is kept there: it is no FHIR resource");
  }
  std::string_view id = sdk::text_of(document, "id");
  if (id.empty() && full_url.starts_with("urn:uuid:")) id = full_url.substr(9);
  if (id.empty()) {
    if (const auto reference = reference_of(full_url)) id = reference->id;
  }
  if (id.empty()) {
    return refused(type,
                   "FHIR_NO_ID",
                   place,
                   "a resource without id",
                   "tell the server's owner: a resource on a server has an id");
  }
  std::string_view last_updated, version_id;
  if (auto meta = document.FindMember("meta"); meta != document.MemberEnd()) {
    last_updated = sdk::text_of(meta->value, "lastUpdated");
    version_id = sdk::text_of(meta->value, "versionId");
  }
  sdk::Record record;
  record.type = type;
  record.key = id;
  record.version = version_of(last_updated, version_id, text);
  record.body = text;
  record.origin = place;
  if (const auto at = instant_of_iso(last_updated)) record.changed_at_us = *at;
  out.record = std::move(record);
  return out;
}

sdk::Result<BundlePage> read_bundle(std::string_view text,
                                    const std::string& origin,
                                    uint64_t body_bytes_max,
                                    size_t first,
                                    size_t most) {
  const auto members = json_members(text);
  if (!members) {
    return sdk::retry(
        "FHIR_PAGE",
        origin,
        "the page is no JSON object, or ends too early (" + std::to_string(text.size()) + " bytes)",
        "nothing; it is asked for again. If it lasts, tell the server's owner");
  }
  const std::string_view type = json_plain(json_slice(*members, "resourceType"));
  if (type == "OperationOutcome") {
    return sdk::retry("FHIR_OUTCOME",
                      origin,
                      "the server answered " + outcome_text(text),
                      "see the server's log");
  }
  if (type != "Bundle") {
    return sdk::config_error("FHIR_NO_BUNDLE",
                             origin,
                             "expected a Bundle, saw something else",
                             "check fhir.base_url: it must be a FHIR R4 endpoint");
  }
  BundlePage page;
  page.next = next_link(json_slice(*members, "link"));
  const std::string_view entries = json_slice(*members, "entry");
  if (entries.empty()) return page;
  const auto items = json_items(entries);
  if (!items) {
    return sdk::retry(
        "FHIR_PAGE", origin, "Bundle.entry is no JSON array", "tell the server's owner");
  }
  page.entries = items->size();
  for (size_t i = first; i < items->size() && i - first < most; ++i) {
    read_entry((*items)[i], origin + " entry " + std::to_string(i + 1), body_bytes_max, page);
  }
  return page;
}

std::string outcome_text(std::string_view operation_outcome) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(operation_outcome, document, fault, {.bytes_max = 1u << 20}) ||
      sdk::text_of(document, "resourceType") != "OperationOutcome") {
    return {};
  }
  std::string out;
  auto issues = document.FindMember("issue");
  if (issues == document.MemberEnd() || !issues->value.IsArray()) return "an OperationOutcome";
  size_t told = 0;
  for (const auto& issue : issues->value.GetArray()) {
    if (++told > 5) break;
    if (!issue.IsObject()) continue;
    const std::string_view severity = sdk::text_of(issue, "severity"),
                           code = sdk::text_of(issue, "code");
    if (!is_plain(severity, "-") || !is_plain(code, "-")) continue;
    out += (out.empty() ? "" : "; ") + std::string(severity) + " " + std::string(code);
    for (const char* where : {"expression", "location"}) {
      auto paths = issue.FindMember(where);
      if (paths == issue.MemberEnd() || !paths->value.IsArray() || paths->value.Empty()) continue;
      const auto& path = paths->value[0];
      if (!path.IsString() || path.GetStringLength() > 120) continue;
      // A path is names and indexes; anything else might be content.
      const std::string_view place(path.GetString(), path.GetStringLength());
      if (is_plain(place, ".[]")) out += " at " + std::string(place);
      break;
    }
  }
  return out.empty() ? "an OperationOutcome" : out;
}

}  // namespace concord::health
