#include "hub/app/substitute.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "hub/base/files.hpp"
#include "hub/base/json.hpp"

namespace concord::app {
namespace {

using base::Yaml;

constexpr size_t kSecretBytesMax = 64u << 10;

struct Texts {
  const std::string& folder;
  const std::string& file;
  base::Errors& errors;
  const Environment& environment;
};

void complain(Texts& texts, size_t line, std::string cause, std::string next) {
  texts.errors.push_back(base::config_error("CONFIG_REFERENCE",
                                            texts.file + ":" + std::to_string(line),
                                            std::move(cause),
                                            std::move(next)));
}

// What stands between "${" and "}".
std::string value_of(std::string_view reference, size_t line, Texts& texts) {
  if (reference == "folder") return texts.folder;
  if (reference.starts_with("env:")) {
    reference.remove_prefix(4);
    const size_t otherwise = reference.find(":-");
    const std::string name(reference.substr(0, otherwise));
    if (const char* found = texts.environment(name.c_str()); found != nullptr && *found != '\0')
      return found;
    if (otherwise != std::string_view::npos) return std::string(reference.substr(otherwise + 2));
    complain(texts,
             line,
             "the environment has no " + name,
             "set it, or give a default: ${env:" + name + ":-…}");
    return {};
  }
  if (reference.starts_with("file:") || reference.starts_with("credential:"))
    return "${" + std::string(reference) + "}";
  complain(texts,
           line,
           "there is no reference \"${" + std::string(reference) + "}\"",
           "use ${env:NAME:-default}, ${folder}, ${file:PATH} or ${credential:NAME}");
  return {};
}

std::string replaced(std::string_view text, size_t line, Texts& texts) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = text.find("${", at);
    out += text.substr(at, begin - at);
    if (begin == std::string_view::npos) break;
    // A reference may hold others: ${file:${env:DIR:-secrets}/token}
    size_t end = begin + 2;
    for (int depth = 1; end < text.size(); ++end) {
      if (text.substr(end).starts_with("${")) ++depth;
      if (text[end] == '}' && --depth == 0) break;
    }
    if (end >= text.size()) {
      complain(texts, line, "\"${\" is never closed", "add \"}\"");
      return out;
    }
    out += value_of(replaced(text.substr(begin + 2, end - begin - 2), line, texts), line, texts);
    at = end + 1;
  }
  return out;
}

void walk(Yaml& yaml, Texts& texts) {
  if (yaml.kind == Yaml::Kind::scalar && yaml.scalar.find("${") != std::string::npos) {
    yaml.scalar = replaced(yaml.scalar, yaml.line, texts);
    if (yaml.scalar.find("${") != std::string::npos && !is_secret_reference(yaml.scalar))
      complain(texts,
               yaml.line,
               "a secret stands inside other text",
               "make the reference the whole value, and put the other text into the file");
  }
  for (Yaml& item : yaml.list) walk(item, texts);
  for (auto& [key, value] : yaml.map) walk(value, texts);
}

std::optional<std::string> inside(std::string_view text, std::string_view kind) {
  if (!text.starts_with("${" + std::string(kind) + ":") || !text.ends_with("}"))
    return std::nullopt;
  text.remove_prefix(kind.size() + 3);
  text.remove_suffix(1);
  if (text.empty() || text.find("${") != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

base::Result<std::string> read_secret(const std::string& path, const std::string& place) {
  auto bytes = base::read_file(path, kSecretBytesMax);
  if (!bytes)
    return base::config_error("SECRET_MISSING",
                              place,
                              "cannot read the secret's file: " + bytes.error().cause,
                              "put the secret into " + path);
  while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) bytes->pop_back();
  if (bytes->empty())
    return base::config_error(
        "SECRET_MISSING", place, "the secret's file is empty", "put the secret into " + path);
  return std::move(*bytes);
}

base::Result<std::string> secret_of(std::string_view reference,
                                    const std::string& folder,
                                    const std::string& place) {
  if (const auto path = inside(reference, "file"))
    return read_secret(path->starts_with('/') ? *path : folder + "/" + *path, place);
  const auto name = inside(reference, "credential");
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  if (!name || name->find('/') != std::string::npos || credentials == nullptr)
    return base::config_error(
        "SECRET_MISSING",
        place,
        credentials == nullptr ? "systemd handed over no credentials" : "this is no credential",
        "add LoadCredential= to the unit, or use ${file:PATH}");
  return read_secret(std::string(credentials) + "/" + *name, place);
}

struct Resolving {
  const std::string& folder;
  rapidjson::MemoryPoolAllocator<>& memory;
  base::Errors errors;
};

void resolve(base::JsonValue& value, const std::string& place, Resolving& work) {
  if (value.IsObject()) {
    for (auto& member : value.GetObject())
      resolve(member.value, place + "." + std::string(base::text(member.name)), work);
  } else if (value.IsArray()) {
    for (auto& item : value.GetArray()) resolve(item, place, work);
  } else if (value.IsString() && is_secret_reference(base::text(value))) {
    auto secret = secret_of(base::text(value), work.folder, place);
    if (secret) {
      value = base::json_text(*secret, work.memory);
    } else {
      work.errors.push_back(std::move(secret).error());
    }
  }
}

}  // namespace

void substitute(Yaml& yaml,
                const std::string& folder,
                const std::string& file,
                base::Errors& errors,
                const Environment& environment) {
  Texts texts{folder, file, errors, environment};
  walk(yaml, texts);
}

bool is_secret_reference(std::string_view text) {
  return inside(text, "file").has_value() || inside(text, "credential").has_value();
}

base::Result<std::string, base::Errors> resolve_secrets(const std::string& config_json,
                                                        const std::string& folder,
                                                        const std::string& place) {
  auto json = base::read_json(config_json, place);
  if (!json) return base::Errors{std::move(json).error()};
  Resolving work{folder, json->GetAllocator(), {}};
  resolve(*json, place, work);
  if (!work.errors.empty()) return std::move(work.errors);
  return base::write_json(*json);
}

}  // namespace concord::app
