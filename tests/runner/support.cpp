#include "tests/runner/support.hpp"

#include <concord/json.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

namespace concord::runner {

namespace fs = std::filesystem;

Drawer::Drawer() {
  std::string path = testing::TempDir() + "/concord-drawer-XXXXXX";
  folder_ = fs::canonical(mkdtemp(path.data()));
  for (const char* part : {"in", "events", "effects"}) fs::create_directory(folder_ + "/" + part);
}

Drawer::~Drawer() {
  fs::remove_all(folder_);
}

// Whole at once, as an agency that knows its trade does it.
void Drawer::put(const std::string& folder, const std::string& text) {
  fs::create_directories(folder_ + "/" + folder);
  char name[16];
  std::snprintf(name, sizeof name, "%08d", next_++);
  const std::string path = folder_ + "/" + folder + "/" + name;
  std::ofstream(path + ".tmp") << text;
  fs::rename(path + ".tmp", path);
}

void Drawer::put_record(const std::string& type,
                        const std::string& key,
                        const std::string& version,
                        const std::string& body) {
  put("in/" + type, key + "\n" + version + "\n" + body + "\n");
}

void Drawer::put_event(const std::string& type,
                       const std::string& key,
                       const std::string& version,
                       const std::string& body) {
  put("events", type + "\n" + key + "\n" + version + "\n" + body + "\n");
}

size_t Drawer::left_to_read(const std::string& type) const {
  std::error_code ignored;
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder_ + "/in/" + type, ignored))
    count += entry.is_regular_file() ? 1 : 0;
  return count;
}

bool Drawer::has(const std::string& file) const {
  return fs::exists(folder_ + "/" + file);
}

std::string Drawer::text(const std::string& file) const {
  std::ifstream in(folder_ + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Drawer::Effect> Drawer::effects() const {
  std::vector<Effect> all;
  for (const auto& entry : fs::directory_iterator(folder_ + "/effects")) {
    if (!entry.path().extension().empty()) continue;
    Effect effect;
    std::ifstream in(entry.path());
    in >> effect.key >> effect.version >> effect.at_ns;
    all.push_back(std::move(effect));
  }
  return all;
}

runtime::Manifest manifest() {
  auto read = runtime::read_manifest(std::string(CONCORD_BUILD_DIR) +
                                     "/tests/connectors/drawer/drawer.connector.json");
  EXPECT_TRUE(read) << to_text(read.error());
  return *read;
}

runtime::RunnerSettings settings() {
  runtime::RunnerSettings settings;
  settings.binary = std::string(CONCORD_BUILD_DIR) + "/bin/concord-runner";
  return settings;
}

std::unique_ptr<runtime::Connector> load(const Drawer& drawer,
                                         bool isolated,
                                         const Words& more,
                                         const runtime::RunnerSettings& settings,
                                         const std::string& system) {
  sdk::JsonWriter config;
  config.object().field("folder", drawer.folder());
  for (const auto& [name, value] : more) config.field(name, value);
  config.end();
  const runtime::Manifest m = manifest();
  const runtime::Timeouts timeouts{5s, 5s, 5s, 5s};
  auto loaded = isolated
                    ? runtime::load_isolated(m,
                                             model::SystemId(system),
                                             config.text(),
                                             runtime::access_of(m.config_schema, config.text()),
                                             timeouts,
                                             settings)
                    : runtime::load_in_process(m, model::SystemId(system), config.text(), timeouts);
  EXPECT_TRUE(loaded) << to_text(loaded.error());
  if (!loaded) return nullptr;
  const base::Status begun = (*loaded)->begun();
  EXPECT_TRUE(begun) << to_text(begun.error());
  return begun ? std::move(*loaded) : nullptr;
}

bool wait_for(const std::function<bool()>& until, std::chrono::milliseconds patience) {
  const auto ends = std::chrono::steady_clock::now() + patience;
  while (!until()) {
    if (std::chrono::steady_clock::now() > ends) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

}  // namespace concord::runner
