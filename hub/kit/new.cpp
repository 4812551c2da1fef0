#include "hub/kit/new.hpp"

#include <algorithm>
#include <filesystem>

#include "hub/base/files.hpp"

namespace concord::kit {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFileMax = 1u << 20;

bool is_id(const std::string& id) {
  return !id.empty() && id.size() <= 40 && id[0] >= 'a' && id[0] <= 'z' && id.back() != '_' &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// "youth_shelter": "YouthShelter" with no gap, "Youth shelter" with one.
std::string spelled(const std::string& id, bool gaps) {
  std::string out;
  bool upper = true;
  for (const char c : id) {
    if (c == '_') {
      if (gaps) out += ' ';
      upper = !gaps;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace

base::Status write_project(const Project& project) {
  if (!is_id(project.id))
    return base::config_error("CONNECTOR_NAME",
                              "connector new",
                              "\"" + project.id + "\" cannot name a connector",
                              "use lower-case letters, digits and _, as youth_shelter");
  std::error_code fault;
  if (fs::exists(project.folder, fault) && !fs::is_empty(project.folder, fault))
    return base::config_error("FOLDER_IN_USE",
                              project.folder,
                              "there is something in this folder",
                              "choose another name, or a folder with --into");
  const std::string source = project.share + "/sdk/template";
  const auto files = [&] {
    auto all = base::files_below(source, ".in");
    all.push_back(".gitignore.in");  // hidden, and so left out there
    return all;
  }();
  if (files.size() == 1)
    return base::config_error(
        "TEMPLATE_MISSING",
        source,
        "the SDK's template is not there",
        "install the SDK: concord-sdk, or cmake --install with component sdk");
  for (const std::string& file : files) {
    auto text = base::read_file(source + "/" + file, kFileMax);
    if (!text) return std::move(text).error();
    const auto named = [&](std::string in) {
      in = replaced(std::move(in), "@id@", project.id);
      in = replaced(std::move(in), "@Class@", spelled(project.id, false));
      in = replaced(std::move(in), "@title@", spelled(project.id, true));
      return in;
    };
    const fs::path to =
        fs::path(project.folder) / named(file.substr(0, file.size() - std::string(".in").size()));
    fs::create_directories(to.parent_path(), fault);
    const bool program = (fs::status(source + "/" + file, fault).permissions() &
                          fs::perms::owner_exec) != fs::perms::none;
    if (auto put = base::write_file(to.string(), named(*text), program ? 0755 : 0644); !put)
      return put;
  }
  return base::Done{};
}

}  // namespace concord::kit
