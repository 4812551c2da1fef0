// concord map test, map lint, map preview
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <sstream>

#include "hub/app/commands.hpp"
#include "hub/app/progress.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"
#include "hub/base/files.hpp"
#include "hub/base/nearest.hpp"
#include "hub/translate/tools.hpp"

namespace concord::app {
namespace {

constexpr size_t kRecordBytesMax = 16u << 20;

// The shared schema: beside the tables, else the one that is installed.
base::Result<model::Schema, base::Errors> schema_for(const std::vector<std::string>& folders) {
  for (const auto* places : {&folders, static_cast<const std::vector<std::string>*>(nullptr)}) {
    const std::vector<std::string> all = places != nullptr ? *places : places_of_binary().mappings;
    for (const std::string& folder : all)
      if (base::read_file(folder + "/schema/types.json", kRecordBytesMax))
        return model::Schema::load(folder + "/schema");
  }
  return base::Errors{base::config_error("SCHEMA_MISSING",
                                         folders.empty() ? "mappings" : folders.front(),
                                         "no folder of mappings holds the shared schema",
                                         "name a folder that has schema/ in it")};
}

base::Result<std::string> read_input(const std::string& file) {
  if (file != "-") return base::read_file(file, kRecordBytesMax);
  std::string bytes{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  if (bytes.size() <= kRecordBytesMax) return bytes;
  return base::bad_record("RECORD_SIZE", "stdin", "more than 16 MB", "give one record");
}

}  // namespace

int test_mappings(const std::vector<std::string>& folders, bool rewrite, bool json) {
  auto schema = schema_for(folders);
  if (!schema) return tell(schema.error());
  // What fails is data, but in JSON only the counts are.
  std::ostringstream failures;
  Progress progress("examples and cases", json);
  auto counts =
      translate::map_test(folders, *schema, failures, "", rewrite, [&](size_t done, size_t of) {
        progress.show(static_cast<int64_t>(done), static_cast<int64_t>(of));
      });
  progress.end();
  if (!counts) return tell(counts.error());
  (json ? std::cerr : std::cout) << failures.str() << std::flush;
  const size_t run = counts->examples + counts->cases;
  if (json) {
    sdk::JsonWriter out;
    out.object().field("tables", static_cast<uint64_t>(counts->tables));
    out.field("examples", static_cast<uint64_t>(counts->examples));
    out.field("cases", static_cast<uint64_t>(counts->cases));
    out.field("passed", static_cast<uint64_t>(run - counts->failed));
    out.field("failed", static_cast<uint64_t>(counts->failed)).end();
    std::printf("%s\n", out.text().c_str());
  } else {
    std::printf("%zu tables: %zu examples of rows, %zu golden cases\n",
                counts->tables,
                counts->examples,
                counts->cases);
    std::printf("%zu passed, %zu failed\n", run - counts->failed, counts->failed);
  }
  return counts->failed == 0 ? EX_OK : 1;
}

int lint_mappings(const std::vector<std::string>& folders, bool json) {
  auto schema = schema_for(folders);
  if (!schema)
    return json ? (std::printf("%s\n", errors_json(schema.error()).c_str()), EX_CONFIG)
                : tell(schema.error());
  auto remarks = translate::map_lint(folders, *schema, json ? std::cerr : std::cout);
  if (!remarks) {
    if (json) std::printf("{\"faults\":%s}\n", errors_json(remarks.error()).c_str());
    const int code = tell(remarks.error());
    const size_t count = remarks.error().size();
    std::fprintf(
        stderr, "%zu fault%s; no table is used until none is left\n", count, count == 1 ? "" : "s");
    return code;
  }
  if (json) {
    std::printf("{\"faults\":[],\"remarks\":%zu}\n", *remarks);
  } else {
    std::printf("no fault, %zu remarks\n", *remarks);
  }
  return EX_OK;  // remarks are for people to judge; what cannot be loaded is a fault
}

int preview_mapping(const std::string& folder,
                    const std::string& system_id,
                    const std::string& type,
                    const std::string& file,
                    bool json) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  const model::System* system = coalition->system(model::SystemId(system_id));
  if (system == nullptr) {
    std::vector<std::string> ids;
    for (const model::System& known : coalition->systems) ids.push_back(known.id.value);
    return tell(base::config_error("CONFIG_UNKNOWN_SYSTEM",
                                   "system",
                                   "there is no system \"" + system_id + "\"",
                                   base::advice(system_id, ids)));
  }
  auto schema = schema_for(coalition->mapping_folders);
  if (!schema) return tell(schema.error());
  auto mappings = translate::Mappings::load(coalition->mapping_folders, *schema);
  if (!mappings) return tell(mappings.error());
  auto body = read_input(file);
  if (!body) return tell(body.error());
  translate::PreviewOptions options;
  options.zone = system->zone;
  options.place = file == "-" ? "stdin" : file;
  options.json = json;
  auto shown = translate::map_preview(*mappings, system->mapping, type, *body, options, std::cout);
  if (!shown) return tell(shown.error());
  return *shown == 0 ? EX_OK : 1;
}

}  // namespace concord::app
