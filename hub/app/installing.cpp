// concord connector install, list, remove
#include "hub/app/installing.hpp"

#include <unistd.h>

#include <concord/json.hpp>
#include <cstdio>
#include <filesystem>

#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/installed.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/files.hpp"
#include "hub/runtime/trust.hpp"
#include "hub/runtime/versions.hpp"

namespace concord::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFileMax = 256u << 20;

// Of a library that was checked, what stands beside it too.
base::Status copy_connector(const runtime::Manifest& from, const std::string& to) {
  const fs::path beside = fs::path(from.path).parent_path();
  const std::vector<std::string> optional = {runtime::signature_path(from.path),
                                             runtime::tested_path(from.path)};
  std::error_code fault;
  fs::create_directories(to, fault);
  std::vector<std::string> files = {from.path, from.library};
  for (const std::string& file : optional)
    if (fs::exists(file, fault)) files.push_back(file);
  for (const std::string& file : files) {
    auto bytes = base::read_file(file, kFileMax);
    if (!bytes) return std::move(bytes).error();
    const std::string copy = to + "/" + fs::path(file).filename().string();
    if (auto written = base::write_file(copy, *bytes, file == from.library ? 0755 : 0644); !written)
      return written;
  }
  return base::Done{};
}

// What was copied is what was checked, and nothing stands there by half: the folder gets its name
// last.
base::Status put_in_place(const runtime::Manifest& from, const std::string& to) {
  std::error_code fault;
  fs::create_directories(fs::path(to).parent_path(), fault);
  const std::string staged =
      (fs::path(to).parent_path() / (".incoming-" + std::to_string(::getpid()))).string();
  base::Status done = copy_connector(from, staged);
  if (done) {
    auto copied = runtime::read_manifest(staged + "/" + fs::path(from.path).filename().string());
    done = !copied ? base::Status(std::move(copied).error())
           : copied->digest != from.digest
               ? base::Status(base::config_error("CONNECTOR_CHANGED",
                                                 from.path,
                                                 "it changed while it was installed",
                                                 "install it again when it is whole"))
               : runtime::check_manifest(*copied);
  }
  if (done) {
    fs::rename(staged, to, fault);
    if (fault)
      done = base::config_error(
          "FILE_WRITE", to, fault.message(), "see that the folder may be written to");
  }
  if (!done) fs::remove_all(staged, fault);
  return done;
}

// All that keeps a connector from being installed or run.
base::Result<std::string> vouched(const runtime::Manifest& manifest,
                                  const model::Coalition& coalition) {
  // They become a path below the folder of connectors, and must not lead out of it.
  if (!runtime::is_folder_name(manifest.version) || !runtime::is_folder_name(manifest.id))
    return base::config_error("MANIFEST_INVALID",
                              manifest.path,
                              "\"id\" or \"version\" cannot be a folder's name",
                              "write them as court and 1.2.0");
  if (auto good = runtime::check_manifest(manifest); !good) return std::move(good).error();
  return runtime::voucher(manifest, coalition.trust);
}

const runtime::Manifest* same_version(const std::vector<runtime::Manifest>& all,
                                      const runtime::Manifest& manifest,
                                      const std::string& root) {
  for (const runtime::Manifest& one : all)
    if (one.id == manifest.id && one.version == manifest.version && one.root == root) return &one;
  return nullptr;
}

int tell_installed(const runtime::Manifest& manifest,
                   const std::string& to,
                   const std::string& voucher,
                   bool current,
                   bool json) {
  if (json) {
    sdk::JsonWriter out;
    out.object().field("id", manifest.id).field("version", manifest.version).field("folder", to);
    out.field("current", current).field("vouched_by", voucher).end();
    std::printf("%s\n", out.text().c_str());
    return EX_OK;
  }
  std::printf("installed %s %s, vouched for by %s\n  in %s\n",
              manifest.id.c_str(),
              manifest.version.c_str(),
              voucher.c_str(),
              to.c_str());
  if (current)
    std::printf("next: connector: %s in a file of systems/, then concord apply\n",
                manifest.id.c_str());
  else
    std::printf("  what runs is as it was\nnext: concord connector upgrade %s --to %s\n",
                manifest.id.c_str(),
                manifest.version.c_str());
  return EX_OK;
}

std::string listed(const std::vector<model::SystemId>& systems) {
  std::string all;
  for (const model::SystemId& id : systems) all += (all.empty() ? "" : ", ") + id.value;
  return all;
}

}  // namespace

int install_connector(const std::string& folder, const std::string& what, bool json) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  auto root = install_folder(*coalition);
  if (!root) return tell(root.error());
  auto manifest = find_connector(what, {});
  if (!manifest) return tell(manifest.error());
  auto voucher = vouched(*manifest, *coalition);
  if (!voucher) return tell(voucher.error());
  auto all = installed(*coalition);
  if (!all) return tell(all.error());
  const std::string to = *root + "/" + manifest->id + "/" + manifest->version;
  if (const runtime::Manifest* there = same_version(*all, *manifest, *root)) {
    if (there->digest == manifest->digest)
      return tell_installed(*manifest, to, *voucher, there->current, json);
    return tell(base::config_error(
        "VERSION_TAKEN",
        there->path,
        "another " + manifest->id + " " + manifest->version + " is installed, and differs",
        "publish what is new under a version of its own"));
  }
  if (auto placed = put_in_place(*manifest, to); !placed) return tell(placed.error());
  bool first = true;
  for (const runtime::Manifest& one : *all) first &= one.id != manifest->id || one.root != *root;
  if (first)
    if (auto made = make_current(*root, manifest->id, manifest->version); !made)
      return tell(made.error());
  return tell_installed(*manifest, to, *voucher, first, json);
}

int list_connectors(const std::string& folder, bool json) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  auto all = installed(*coalition);
  if (!all) return tell(all.error());
  sdk::JsonWriter out;
  out.object().key("connectors").array();
  if (!json)
    std::printf("%s\n",
                counted(static_cast<int64_t>(all->size()), "connector", "connectors").c_str());
  for (const runtime::Manifest& manifest : *all) {
    const auto users = users_of(*coalition, *all, manifest);
    const auto voucher = vouched(manifest, *coalition);
    if (json) {
      out.object().field("id", manifest.id).field("version", manifest.version);
      out.field("current", manifest.current).field("manifest", manifest.path);
      out.field("good", voucher.ok());
      if (voucher)
        out.field("vouched_by", *voucher);
      else
        out.field("fault", voucher.error().code);
      out.key("systems").array();
      for (const model::SystemId& id : users) out.value(id.value);
      out.end_array().end();
      continue;
    }
    std::printf("  %-20s %-10s %-8s %s\n",
                manifest.id.c_str(),
                manifest.version.c_str(),
                manifest.current ? "current" : "",
                users.empty() ? "no system runs it" : ("runs for " + listed(users)).c_str());
    std::printf("    %s\n",
                voucher ? ("vouched for by " + *voucher).c_str()
                        : (voucher.error().code + ": " + shown(voucher.error())).c_str());
  }
  out.end_array().end();
  if (json) std::printf("%s\n", out.text().c_str());
  return EX_OK;
}

int remove_connector(const std::string& folder, const std::string& what, bool json) {
  const runtime::Wanted wanted = runtime::wanted_of(what);
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  auto root = install_folder(*coalition);
  if (!root) return tell(root.error());
  auto all = installed(*coalition);
  if (!all) return tell(all.error());
  if (wanted.version.empty())
    return tell(base::config_error("VERSION_UNSAID",
                                   "connector remove",
                                   "which version of " + wanted.id + " is not said",
                                   "write it as " + wanted.id + "@1.2.0; see connector list"));
  auto chosen = runtime::choose(*all, what);
  if (!chosen) return tell(chosen.error());
  const std::string place = *root + "/" + wanted.id + "/" + wanted.version;
  if (fs::path((*chosen)->path).parent_path() != fs::path(place))
    return tell(base::config_error("CONNECTOR_NOT_INSTALLED",
                                   (*chosen)->path,
                                   "it was not put there by concord connector install",
                                   "remove it the way that it came"));
  if (const auto users = users_of(*coalition, *all, **chosen); !users.empty())
    return tell(base::config_error("CONNECTOR_IN_USE",
                                   place,
                                   "it runs for " + listed(users),
                                   "upgrade to another version first, or take the system away"));
  std::error_code fault;
  // Out of the way in one step: a folder that is removed by half is no connector.
  const std::string gone = *root + "/" + wanted.id + "/.gone-" + std::to_string(::getpid());
  fs::rename(place, gone, fault);
  if (!fault) fs::remove_all(gone, fault);
  if (fault)
    return tell(base::config_error(
        "FILE_WRITE", place, fault.message(), "see that the folder may be written to"));
  if ((*chosen)->current) fs::remove(*root + "/" + wanted.id + "/current", fault);
  if (json)
    std::printf("{\"removed\":\"%s@%s\"}\n", wanted.id.c_str(), wanted.version.c_str());
  else
    std::printf("removed %s %s\n", wanted.id.c_str(), wanted.version.c_str());
  return EX_OK;
}

}  // namespace concord::app
