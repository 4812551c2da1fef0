// A document of the shared schema about one person: the envelope as a value, the body as JSON.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/model/ids.hpp"
#include "hub/model/label.hpp"

namespace concord::model {

enum class EntityStatus { active, corrected, withdrawn, entered_in_error };
std::string_view name_of(EntityStatus status);
std::optional<EntityStatus> entity_status_of(std::string_view name);

struct Entity {
  // Of the document. id and version are given by the hub when it is kept.
  EntityId id;
  std::string type;  // "Placement"
  int version = 1;
  EntityStatus status = EntityStatus::active;
  std::string status_reason;

  // Whom it is about.
  PersonId person;             // index entry; empty until identified
  std::string subject_record;  // the source's key of the person
  std::string subject_role;    // "child" where the mapping says nothing else

  // Where it comes from. key tells documents of one system and type apart: the record's key, and
  // "#n" behind it where one record gives several.
  AgencyId agency;
  SystemId system;
  std::string record_type, record_key, record_version;
  std::string key;

  std::string effective_start, effective_end;  // dates or instants, or empty
  std::optional<base::Instant> entered;
  base::Instant received;

  LabelSet labels;                                             // of the whole document
  std::vector<std::pair<std::string, LabelSet>> field_labels;  // RFC 6901 pointer into body
  struct Absent {
    std::string pointer, reason, seen;
    bool operator==(const Absent&) const = default;
  };
  std::vector<Absent> absent;
  std::string
      lineage;  // "court/hearing@1a2b3c4d": the table and its hash tell field → row → source
  std::string body;   // JSON object
  std::string extra;  // JSON object of what this schema version does not know, or empty

  bool operator==(const Entity&) const = default;
};

// What may identify a person, taken from a Person document.
struct IdentityHints {
  struct Name {
    std::string family, given;  // as written; identify normalises
    bool operator==(const Name&) const = default;
  };
  struct Identifier {
    std::string system, value;
    bool operator==(const Identifier&) const = default;
  };
  std::vector<Name> names;  // without temporary ones ("Baby Boy")
  bool temporary_name = false;
  std::string birth_date;  // YYYY-MM-DD, or empty where it is not exact
  std::string sex;         // ccr:sex code, or empty
  std::vector<Identifier> identifiers;
  // This record says that these other keys of the same system are the same person (HL7 A40, FHIR
  // link).
  std::vector<std::string> replaces;
};

}  // namespace concord::model
