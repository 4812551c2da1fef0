// Records through the tables that ship, and what becomes of them at every other agency. The sector
// and record type ("court/hearing"), a line end, the record's body.
#include "hub/base/time.hpp"
#include "hub/translate/book.hpp"
#include "hub/translate/mappings.hpp"
#include "tests/fuzz/records.hpp"
#include "tests/fuzz/shared_schema.hpp"

namespace concord::fuzz {
namespace {

using namespace concord::translate;

const Mappings& mappings() {
  static const Mappings mappings = [] {
    auto loaded = Mappings::load({CONCORD_SOURCE_DIR "/mappings"}, shared_schema());
    must(loaded.ok(), "the tables that ship can be read");
    return std::move(*loaded);
  }();
  return mappings;
}

void is_of_the_schema(const model::Entity& entity) {
  const Node* node = mappings().book().checker.find(entity.type);
  must(node != nullptr, "an entity that the schema does not have");
  const auto body = base::read_json(entity.body, "entity");
  must(body.ok() && body->IsObject(), "an entity's body that is no JSON object");
  const auto absent = [&](std::string_view field) {
    const std::string pointer = "/" + std::string(field);
    for (const auto& one : entity.absent)
      if (one.pointer == pointer || one.pointer.starts_with(pointer + "/")) return true;
    return false;
  };
  const auto fault = Checker::check(*node, *body, absent);
  must(!fault, "an entity that the schema refuses" + (fault ? ": " + fault->pointer : ""));
}

void hand_out(const model::Entity& entity) {
  const std::string document = R"({"id":"SYN-E1","type":")" + entity.type +
                               R"(","version":1,"status":"active","source":{"agency":"a"},)"
                               R"("effective":{"start":"2026-03-01"},"body":)" +
                               entity.body + "}";
  for (const char* sector : {"child_welfare", "court", "health", "juvenile_justice"}) {
    const auto record = mappings().to_record(document, {sector, "America/New_York", "SYN-1"});
    if (!record) {
      tells_all(record.error());
      must(record.error().error_class != base::ErrorClass::fatal,
           "a document that the hub cannot read");
    } else if (*record) {
      must(!(**record).type.empty() && !(**record).key.empty(), "a record without type or key");
      is_json_object((**record).body);
    }
  }
}

}  // namespace

void translate(std::string_view input) {
  std::string_view type = cut_at(input, "\n");
  const std::string sector(cut_at(type, "/"));
  model::Record record;
  record.system = model::SystemId("sys");
  record.type = type;
  record.key = "K1";
  record.version = "1";
  record.body = input;
  record.changed_at = base::parse_instant("2026-03-01T08:30:00Z");
  const auto out = mappings().to_entities(
      record, {model::SystemId("sys"), model::AgencyId("ag"), sector, "America/New_York"});
  if (out.fault) {
    tells_all(*out.fault);
    return must(out.entities.empty(), "rejected, and entities all the same");
  }
  for (const model::Entity& entity : out.entities) {
    is_of_the_schema(entity);
    hand_out(entity);
  }
  for (const auto& [at, hints] : out.hints)
    must(at < out.entities.size() && out.entities[at].type == "Person", "hints of no person");
}

}  // namespace concord::fuzz
