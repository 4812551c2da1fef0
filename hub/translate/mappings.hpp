// Turns records into entities and released entities into records, as the mapping tables say.
// Threads: any number may translate; a Mappings never changes after load().
// Owns:    the compiled tables; borrows its input for the call.
// Errors:  load() returns every fault of every table, with sheet, row and column. A fault of a
//          record tells row, column and shape, never a value.
// Time:    reads no clock.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/model/delivery.hpp"
#include "hub/model/entity.hpp"
#include "hub/model/record.hpp"
#include "hub/model/schema.hpp"

namespace concord::translate {

// Where a record comes from.
struct SystemContext {
  model::SystemId system;
  model::AgencyId agency;
  std::string mapping;  // sector folder: "child_welfare"
  std::string zone;     // IANA; for times that name none
};

// Where a record goes to.
struct OutContext {
  std::string mapping;            // sector folder
  std::string zone;               // IANA, of the recipient
  std::string local_subject_key;  // the person's key there; empty: not known there
};

// A code that no row of its table covers.
struct UnknownCode {
  std::string place;  // "health/in/adt_condition.csv:9"
  std::string table;  // "hl7_sex"
  std::string value;  // content: for the mapping editor's eyes, never for logs or metrics
};

struct Translation {
  std::vector<model::Entity> entities;  // Person first
  // What identifies the person of entities[first]; for Person entities only.
  std::vector<std::pair<size_t, model::IdentityHints>> hints;
  std::optional<base::Error> fault;  // the whole record is rejected; entities is empty
  std::vector<UnknownCode> unknown_codes;
};

struct Book;  // the compiled tables (book.hpp); for the tools of this room

class Mappings {
 public:
  // Each folder holds <sector>/in, <sector>/out, <sector>/codes and codes; a file of a later folder
  // replaces the one of the same name in an earlier.
  static base::Result<Mappings, base::Errors> load(const std::vector<std::string>& folders,
                                                   const model::Schema& schema);

  // No table for the record type is a fault. A deleted record gives withdrawn entities.
  [[nodiscard]] Translation to_entities(const model::Record& record,
                                        const SystemContext& context) const;

  // document: a released document (id, type, status, source.agency, effective, body). Nothing: no
  // table of this mapping takes it.
  [[nodiscard]] base::Result<std::optional<model::OutRecord>> to_record(
      const std::string& released_document_json, const OutContext& context) const;

  [[nodiscard]] bool takes(std::string_view mapping, std::string_view entity) const;
  // The record type that to_record() gives for it; the first table's where there are several.
  [[nodiscard]] std::optional<std::string> record_type_for(std::string_view mapping,
                                                           std::string_view entity) const;
  [[nodiscard]] bool reads(std::string_view mapping, std::string_view record_type) const;

  [[nodiscard]] const Book& book() const { return *book_; }

 private:
  explicit Mappings(std::shared_ptr<const Book> book) : book_(std::move(book)) {}
  std::shared_ptr<const Book> book_;
};

}  // namespace concord::translate
