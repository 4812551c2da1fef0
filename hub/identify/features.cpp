#include "hub/identify/features.hpp"

#include <algorithm>

#include "hub/identify/normalise.hpp"

namespace concord::identify {

// Each part with its length before it, so that no two lists of parts give the same bytes.
Digest Digester::digest(std::string_view space,
                        std::initializer_list<std::string_view> parts) const {
  std::string bytes(space);
  for (const std::string_view part : parts) {
    bytes += '\0';
    bytes += std::to_string(part.size());
    bytes += ':';
    bytes += part;
  }
  const std::string whole = base::hmac_sha256(key_, bytes);
  Digest out;
  std::memcpy(out.data(), whole.data(), out.size());
  return out;
}

Digest Digester::link(const model::SystemId& system, std::string_view key) const {
  return digest("link", {system.value, key});
}

Digest Digester::system(const model::SystemId& system) const {
  return digest("system", {system.value});
}

void Digester::add_name(const model::IdentityHints::Name& name,
                        std::string_view birth_date,
                        Features& out) const {
  const NameParts parts = name_parts(name.family, name.given);
  if (!parts.complete()) return;
  const std::string all = parts.given_joined();
  out.push_back({Kind::full_name, digest("full_name", {parts.family, all})});
  // By the first given name, and by all written as one: "Mary-Ann" is found by "Maryann".
  for (const std::string& given : {parts.given.front(), all}) {
    out.push_back({Kind::name, digest("name", {parts.family, given})});
    out.push_back({Kind::given, digest("given", {given})});
    if (!birth_date.empty())
      out.push_back(
          {Kind::name_and_birth, digest("name_and_birth", {parts.family, given, birth_date})});
  }
  if (parts.given.size() == 1)
    out.push_back({Kind::bare, digest("name", {parts.family, parts.given.front()})});
}

bool Seen::has(Kind kind) const {
  return std::any_of(
      features.begin(), features.end(), [&](const Feature& f) { return f.kind == kind; });
}

Seen Digester::look_at(const model::IdentityHints& hints,
                       const std::vector<std::string>& trusted) const {
  Seen seen;
  Features& out = seen.features;
  const std::string_view birth =
      usable_birth_date(hints.birth_date) ? std::string_view(hints.birth_date) : std::string_view{};
  if (!birth.empty()) out.push_back({Kind::birth_date, digest("birth_date", {birth})});
  if (!hints.sex.empty()) out.push_back({Kind::sex, digest("sex", {fold(hints.sex)})});
  for (const auto& name : hints.names) add_name(name, birth, out);
  for (const auto& identifier : hints.identifiers) {
    if (std::find(trusted.begin(), trusted.end(), identifier.system) == trusted.end()) continue;
    const std::string value = usable_identifier(identifier.system, identifier.value);
    if (value.empty()) continue;
    seen.identifiers.push_back({digest("identifier_system", {identifier.system}),
                                digest("identifier", {identifier.system, value})});
    out.push_back({Kind::identifier, seen.identifiers.back().value});
    out.push_back({Kind::identifier_system, seen.identifiers.back().system});
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return seen;
}

}  // namespace concord::identify
