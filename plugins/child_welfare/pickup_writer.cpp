#include "child_welfare/pickup_writer.hpp"

#include <algorithm>
#include <concord/id.hpp>
#include <concord/json.hpp>
#include <concord/obligations.hpp>

#include "child_welfare/fields.hpp"

namespace concord::child_welfare {
namespace {

constexpr const char* kNotes = ".sent";

std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string member_text(const rapidjson::Value& object, const std::string& name) {
  const auto it = object.FindMember(name);
  if (it == object.MemberEnd() || it->value.IsNull()) return {};
  if (it->value.IsString()) return {it->value.GetString(), it->value.GetStringLength()};
  return sdk::write_json(it->value);
}

// As today's part of a note's name: "20260301".
std::string day_text(std::chrono::system_clock::time_point at) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(at));
  char text[16];
  std::snprintf(text,
                sizeof text,
                "%04d%02u%02u",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace

std::string pickup_csv(std::span<const sdk::Delivery* const> deliveries,
                       const std::vector<std::string>& wanted) {
  std::vector<rapidjson::Document> bodies(deliveries.size());
  std::vector<std::string> columns = wanted;
  for (size_t i = 0; i < deliveries.size(); ++i) {
    sdk::JsonFault fault;
    const bool object = sdk::parse_json(deliveries[i]->body, bodies[i], fault);
    if (!object || !bodies[i].IsObject()) bodies[i].SetObject();
    if (!wanted.empty()) continue;
    for (const auto& m : bodies[i].GetObject()) {
      std::string name(m.name.GetString(), m.name.GetStringLength());
      if (std::find(columns.begin(), columns.end(), name) == columns.end())
        columns.push_back(std::move(name));
    }
  }
  std::string out =
      "concord_idempotency_key,concord_operation,concord_key,concord_version,concord_subject";
  for (const std::string& column : columns) out += ',' + cell(column);
  const bool obliged = std::any_of(
      deliveries.begin(), deliveries.end(), [](const auto* d) { return !d->obligations.empty(); });
  if (obliged) out += ",concord_obligations";
  out += "\r\n";
  for (size_t i = 0; i < deliveries.size(); ++i) {
    const sdk::Delivery& d = *deliveries[i];
    out += cell(d.idempotency_key) + ',' + (d.withdraw ? "withdraw" : "upsert") + ',' +
           cell(d.key) + ',' + std::to_string(d.version) + ',' + cell(d.subject);
    for (const std::string& column : columns) out += ',' + cell(member_text(bodies[i], column));
    if (obliged) out += ',' + cell(sdk::obligation_lines(d.obligations, " | "));
    out += "\r\n";
  }
  return out;
}

sdk::Result<std::vector<sdk::Outcome>> PickupWriter::write(
    std::span<const sdk::Delivery> deliveries, const sdk::Call& call) {
  const std::lock_guard lock(mutex_);
  if (auto loaded = load(call); !loaded) return std::move(loaded).error();
  std::vector<sdk::Outcome> outcomes(deliveries.size());
  std::map<std::string, std::vector<const sdk::Delivery*>> by_type;
  for (const sdk::Delivery& d : deliveries)
    if (!sent_.contains(d.idempotency_key)) by_type[std::string(d.type)].push_back(&d);
  for (const auto& [type, group] : by_type) {
    auto written = write_file(type, group, call);
    if (written) continue;
    for (size_t i = 0; i < deliveries.size(); ++i)
      if (deliveries[i].type == type && !sent_.contains(deliveries[i].idempotency_key))
        outcomes[i].error = written.error();
  }
  return outcomes;
}

sdk::Status PickupWriter::check(const sdk::Call& call) {
  auto listed = store_->list(settings_.folder, call);
  if (!listed) return std::move(listed).error();
  return sdk::Done{};
}

// Learns what was sent before, and ends what a break left unfinished.
sdk::Status PickupWriter::load(const sdk::Call& call) {
  if (loaded_) return sdk::Done{};
  for (const std::string& folder : {settings_.folder, in_folder(kNotes)})
    if (!folder.empty())
      if (auto made = store_->make_folder(folder, call); !made) return made;
  auto notes = store_->list(in_folder(kNotes), call);
  if (!notes) return std::move(notes).error();
  const std::string oldest = day_text(std::chrono::system_clock::now() - settings_.remember);
  for (const FileInfo& note : *notes) {
    if (note.name.ends_with(".part") || note.name.ends_with(".new")) continue;
    // "<day>-<name>"
    const std::string path = in_folder(std::string(kNotes) + "/" + note.name);
    if (note.name < oldest) {
      if (auto removed = store_->remove(path, call); !removed) return removed;
      continue;
    }
    const bool hidden = std::any_of(notes->begin(), notes->end(), [&](const FileInfo& f) {
      return f.name == note.name + ".part";
    });
    if (hidden)
      if (auto shown = show(note.name, call); !shown) return shown;
    auto keys = store_->fetch(path, size_t{64} << 20, call);
    if (!keys) return std::move(keys).error();
    std::string_view rest = *keys;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      if (end > 0) sent_.emplace(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  loaded_ = true;
  return sdk::Done{};
}

// Step 3. note: "<day>-<name>".
sdk::Status PickupWriter::show(const std::string& note, const sdk::Call& call) {
  const std::string name = note.substr(note.find('-') + 1);
  return store_->rename(
      in_folder(std::string(kNotes) + "/" + note + ".part"), in_folder(name), call);
}

sdk::Status PickupWriter::write_file(const std::string& type,
                                     const std::vector<const sdk::Delivery*>& group,
                                     const sdk::Call& call) {
  std::string keys;
  for (const sdk::Delivery* d : group) {
    if (d->idempotency_key.find_first_of("\r\n") != d->idempotency_key.npos)
      return sdk::bad_record("KEY_SHAPE", "delivery", "a line end in an idempotency key", "none");
    keys.append(d->idempotency_key).append(1, '\n');
  }
  const auto columns = settings_.columns.find(type);
  const std::string csv = pickup_csv(
      group, columns == settings_.columns.end() ? std::vector<std::string>{} : columns->second);
  const std::string note = day_text(std::chrono::system_clock::now()) + "-" + type + "-" +
                           sdk::content_hash(keys) + ".csv";
  const std::string path = in_folder(std::string(kNotes) + "/" + note);
  loaded_ = false;  // what breaks off below is looked at again before the next write
  if (auto put = store_->put(path + ".part", csv, call); !put) return put;
  if (auto put = store_->put(path + ".new", keys, call); !put) return put;
  if (auto named = store_->rename(path + ".new", path, call); !named) return named;
  if (auto shown = show(note, call); !shown) return shown;
  loaded_ = true;
  for (const sdk::Delivery* d : group) sent_.emplace(d->idempotency_key);
  return sdk::Done{};
}

std::string PickupWriter::in_folder(const std::string& name) const {
  return settings_.folder.empty() ? name : settings_.folder + "/" + name;
}

}  // namespace concord::child_welfare
