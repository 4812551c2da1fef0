// Looks into a FHIR resource, and says where what is amiss. Internal to this room.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "hub/app/fhir_codes.hpp"
#include "hub/base/json.hpp"
#include "hub/base/result.hpp"

namespace concord::app::fhir {

// An element and its path, as "Consent.provision.actor[0]".
struct Element {
  const base::JsonValue* value = nullptr;
  std::string path;
  explicit operator bool() const { return value != nullptr; }
};

class Reader {
 public:
  Reader(std::string file, base::Errors& errors) : file_(std::move(file)), errors_(errors) {}

  void refuse(const char* code, const Element& at, std::string cause, std::string next) {
    errors_.push_back(
        base::bad_record(code, file_ + " " + at.path, std::move(cause), std::move(next)));
  }
  static Element child(const Element& of, const char* name) {
    return {of ? base::member(*of.value, name) : nullptr, of.path + "." + name};
  }
  // The items of an array, or of what should be one.
  std::vector<Element> items(const Element& of, const char* name) {
    std::vector<Element> found;
    const Element list = child(of, name);
    if (!list) return found;
    if (!list.value->IsArray()) {
      refuse("FHIR_SHAPE", list, "expected a list", "see Consent in FHIR R4");
      return found;
    }
    for (rapidjson::SizeType i = 0; i < list.value->Size(); ++i)
      found.push_back({&(*list.value)[i], list.path + "[" + std::to_string(i) + "]"});
    return found;
  }
  // Whatever is not read would be left out of what was consented to.
  void only(const Element& of, std::initializer_list<std::string_view> known) {
    if (!of || !of.value->IsObject()) {
      refuse("FHIR_SHAPE", of, "expected an object", "see Consent in FHIR R4");
      return;
    }
    for (const auto& member : of.value->GetObject()) {
      const std::string_view name = base::text(member.name);
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      refuse("FHIR_ELEMENT",
             {&member.value, of.path + "." + std::string(name)},
             "this element is not read, and may change what is consented to",
             "leave it out if it says nothing that matters; otherwise write the consent as YAML");
    }
  }
  // What the coding means, or "" and a fault.
  std::string meaning(const Element& coding, std::span<const Code> known, const char* what) {
    const std::string system(base::text_of(*coding.value, "system"));
    const std::string code(base::text_of(*coding.value, "code"));
    for (const Code& one : known)
      if (one.system == system && one.code == code) return std::string(one.means);
    std::string codes;
    for (const Code& one : known) codes += (codes.empty() ? "" : ", ") + std::string(one.code);
    refuse("FHIR_CODE",
           coding,
           std::string("no ") + what + " is known by this code and system",
           "use one of " + codes + " with its system, or write the consent as YAML");
    return "";
  }
  // The one coding of a CodeableConcept.
  Element coding(const Element& concept_) {
    const auto all = items(concept_, "coding");
    if (all.size() == 1) return all[0];
    refuse("FHIR_CODE",
           concept_,
           all.empty() ? "there is no coding: text alone has no certain meaning"
                       : "there are several codings: which of them counts is not said",
           "give one coding");
    return {nullptr, concept_.path};
  }

 private:
  std::string file_;
  base::Errors& errors_;
};

}  // namespace concord::app::fhir
