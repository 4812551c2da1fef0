// A connector's manifest; and, where the input begins as one, the library that it names.
#include "hub/runtime/manifest.hpp"

#include <filesystem>

#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/base/json.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

void library(std::string_view bytes) {
  runtime::Manifest manifest;
  manifest.abi_min = manifest.abi_max = 1000;
  manifest.path = own_folder() + "/x.connector.json";
  manifest.library = own_folder() + "/x.so";
  manifest.sha256 = base::sha256_hex(bytes);
  must(base::write_file(manifest.library, std::string(bytes)).ok(), "the folder can be written to");
  const auto good = runtime::check_manifest(manifest);
  if (!good) tells_all(good.error());
}

}  // namespace

void manifest(std::string_view input) {
  if (input.starts_with('\x7f')) return library(input);
  const std::string folder = std::filesystem::current_path().string();
  const auto read = runtime::manifest_of(input, "x.connector.json");
  if (!read) return tells_all(read.error());
  must(!read->id.empty() && !read->version.empty() && !read->sha256.empty(), "a part is missing");
  must(std::filesystem::path(read->library).parent_path() == folder, "a library of another folder");
  must(base::read_json(read->config_schema, "schema").ok(), "the schema is no JSON any more");
  for (const std::string& capability : read->capabilities)
    must(capability == "read" || capability == "write" || capability == "listen", "can what?");
  const auto good = runtime::check_manifest(*read);
  if (!good) tells_all(good.error());
}

}  // namespace concord::fuzz
