#include "child_welfare/drop_reader.hpp"

#include <algorithm>
#include <concord/id.hpp>
#include <concord/json.hpp>
#include <thread>

#include "child_welfare/fields.hpp"

namespace concord::child_welfare {
namespace {

struct Named {
  std::string name, stamp;
  bool cut = false;  // the hub was not given all of it: it must not be removed
};

// {"file":…,"stamp":…,"cut":true,"offset":…,"line":…,"finished":[[name, stamp],[name, stamp,
// "cut"],…]}
struct Checkpoint {
  Named file;  // empty name: none in hand
  DropPosition position;
  std::vector<Named> finished;  // read to the end, and perhaps not acknowledged

  [[nodiscard]] const Named* finished_as(const FileInfo& file_info) const {
    for (const Named& f : finished)
      if (f.name == file_info.name && f.stamp == file_info.stamp) return &f;
    return nullptr;
  }
};

uint64_t number(const rapidjson::Value& object, const char* name) {
  auto it = object.FindMember(name);
  return it != object.MemberEnd() && it->value.IsUint64() ? it->value.GetUint64() : 0;
}

sdk::Result<Checkpoint> read_checkpoint(std::string_view text) {
  Checkpoint c;
  if (text.empty()) return c;
  rapidjson::Document d;
  sdk::JsonFault fault;
  if (!sdk::parse_json(text, d, fault) || !d.IsObject())
    return sdk::config_error("CHECKPOINT",
                             "checkpoint",
                             "it was not made by this connector for this source",
                             "reset the job's checkpoint: all is read again, repeats do no harm");
  c.file = {std::string(sdk::text_of(d, "file")),
            std::string(sdk::text_of(d, "stamp")),
            d.HasMember("cut")};
  c.position.offset = number(d, "offset");
  c.position.line = number(d, "line");
  const auto it = d.FindMember("finished");
  if (it != d.MemberEnd() && it->value.IsArray())
    for (const auto& v : it->value.GetArray())
      if (v.IsArray() && v.Size() >= 2 && v[0].IsString() && v[1].IsString())
        c.finished.push_back({v[0].GetString(), v[1].GetString(), v.Size() > 2});
  return c;
}

std::string write_checkpoint(const Checkpoint& c) {
  sdk::JsonWriter w;
  w.object();
  if (!c.file.name.empty())
    w.field("file", c.file.name)
        .field("stamp", c.file.stamp)
        .field("offset", c.position.offset)
        .field("line", c.position.line);
  if (!c.file.name.empty() && c.file.cut) w.field("cut", true);
  w.key("finished").array();
  for (const Named& f : c.finished) {
    w.array().value(f.name).value(f.stamp);
    if (f.cut) w.value("cut");
    w.end_array();
  }
  w.end_array().end();
  return w.text();
}

bool never_taken(std::string_view name) {
  if (name.starts_with('.')) return true;
  for (const char* suffix : {".part", ".partial", ".tmp", ".filepart"})
    if (name.ends_with(suffix)) return true;
  return false;
}

// Does a reject hold less than there was? cut_raw() leaves at most three bytes more than it must.
bool holds_less(const sdk::Batch& batch, const sdk::Limits& limits) {
  return std::any_of(batch.rejects.begin(), batch.rejects.end(), [&](const sdk::Reject& r) {
    return r.raw.size() + 3 >= limits.body_bytes_max;
  });
}

const FileInfo* find(const std::vector<FileInfo>& files, const std::string& name) {
  for (const FileInfo& file : files)
    if (file.name == name) return &file;
  return nullptr;
}

std::string note_of(const FileInfo& file, const std::string& type) {
  return "." + file.name + ".acked-" + type;
}

}  // namespace

bool DropReader::wait_polling(std::chrono::milliseconds time, const sdk::Call& call) {
  const auto end = std::chrono::steady_clock::now() + std::min(time, call.left());
  while (std::chrono::steady_clock::now() < end) {
    if (call.cancelled()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return !call.cancelled();
}

DropReader::DropReader(std::unique_ptr<FileStore> store,
                       const DropSettings& drop,
                       std::vector<const RecordSettings*> all,
                       Wait wait)
    : store_(std::move(store)), drop_(drop), all_(std::move(all)), wait_(std::move(wait)) {}

sdk::Result<sdk::Batch> DropReader::read(const RecordSettings& record,
                                         std::string_view checkpoint,
                                         const sdk::Limits& limits,
                                         const sdk::Call& call) {
  auto parsed = read_checkpoint(checkpoint);
  if (!parsed) return std::move(parsed).error();
  Checkpoint c = std::move(parsed).value();
  auto listed = store_->list("", call);
  if (!listed) return std::move(listed).error();
  // What is gone was acknowledged; what has another stamp is another file of that name.
  std::erase_if(c.finished, [&](const Named& f) {
    const FileInfo* file = find(*listed, f.name);
    return file == nullptr || file->stamp != f.stamp;
  });
  std::vector<FileInfo> waiting = candidates(record, *listed);
  std::erase_if(waiting, [&](const FileInfo& file) { return c.finished_as(file) != nullptr; });

  sdk::Batch batch;
  const FileInfo* next = find(waiting, c.file.name);
  if (next == nullptr || next->stamp != c.file.stamp) {
    // None in hand, or it was replaced or taken away: begin with the first that waits.
    c.position = {};
    c.file = {};
    if (auto done = settle(waiting, call); !done) return std::move(done).error();
    next = waiting.empty() ? nullptr : &waiting.front();
  }
  if (next == nullptr) {
    c.file = {};
    batch.checkpoint = write_checkpoint(c);
    return batch;
  }
  auto file = open(record, *next, call);
  if (!file) {
    if (file.error().error_class != sdk::ErrorClass::bad_record) return std::move(file).error();
    batch.rejects.push_back({record.type, "", "", std::move(file).error()});
    c.position.finished = c.file.cut = true;
  } else if (auto read = (*file)->read(c.position, limits, batch); !read) {
    return std::move(read).error();
  }
  c.file = {next->name, next->stamp, c.file.cut || holds_less(batch, limits)};
  batch.more = true;
  if (c.position.finished) {
    c.finished.push_back(std::move(c.file));
    c.file = {};
    batch.more = waiting.size() > 1;
    const std::lock_guard lock(mutex_);
    open_.erase(record.type);
  }
  batch.checkpoint = write_checkpoint(c);
  return batch;
}

sdk::Status DropReader::ack(const RecordSettings& record,
                            std::string_view checkpoint,
                            const sdk::Call& call) {
  auto c = read_checkpoint(checkpoint);
  if (!c) return std::move(c).error();
  if (c->finished.empty() || drop_.after_ack == AfterAck::keep) return sdk::Done{};
  auto listed = store_->list("", call);
  if (!listed) return std::move(listed).error();
  for (const FileInfo& file : *listed)
    if (const Named* finished = c->finished_as(file))
      if (auto done = finish(record, file, finished->cut, call); !done) return done;
  return sdk::Done{};
}

sdk::Status DropReader::check(const sdk::Call& call) {
  auto listed = store_->list("", call);
  if (!listed) return std::move(listed).error();
  return sdk::Done{};
}

// The files of this record type, by name; those without their marker left out.
std::vector<FileInfo> DropReader::candidates(const RecordSettings& record,
                                             const std::vector<FileInfo>& listed) const {
  std::vector<FileInfo> files;
  for (const FileInfo& file : listed) {
    if (never_taken(file.name) || !name_matches(record.files, file.name)) continue;
    const bool marked = find(listed, file.name + drop_.marker) != nullptr;
    if (drop_.complete == Complete::marker && (file.name.ends_with(drop_.marker) || !marked))
      continue;
    files.push_back(file);
  }
  return files;
}

// Leaves those that have not changed for a while.
sdk::Status DropReader::settle(std::vector<FileInfo>& files, const sdk::Call& call) {
  if (drop_.complete != Complete::settled || files.empty()) return sdk::Done{};
  const auto now = std::chrono::steady_clock::now();
  std::vector<FileInfo> quiet;
  {
    const std::lock_guard lock(mutex_);
    for (const FileInfo& file : files) {
      const auto seen = first_seen_.try_emplace(file.name + "\n" + file.stamp, now).first->second;
      if (file.age ? *file.age >= drop_.settle : now - seen >= drop_.settle) quiet.push_back(file);
    }
    if (first_seen_.size() > 100000) first_seen_.clear();
  }
  const bool ages_known = files.front().age.has_value();
  if (!quiet.empty() || ages_known) {
    files = std::move(quiet);
    return sdk::Done{};
  }
  // Where clocks cannot be compared and all is new to us, look twice.
  if (!wait_(drop_.settle, call))
    return sdk::retry("CANCELLED", store_->place(""), "the hub ended the call", "nothing");
  auto again = store_->list("", call);
  if (!again) return std::move(again).error();
  std::erase_if(files, [&](const FileInfo& f) {
    const FileInfo* same = find(*again, f.name);
    return same == nullptr || same->stamp != f.stamp;
  });
  return sdk::Done{};
}

sdk::Result<std::shared_ptr<DropFile>> DropReader::open(const RecordSettings& record,
                                                        const FileInfo& file,
                                                        const sdk::Call& call) {
  const std::string stamp = file.name + "\n" + file.stamp;
  {
    const std::lock_guard lock(mutex_);
    const auto it = open_.find(record.type);
    if (it != open_.end() && it->second.stamp == stamp) return it->second.file;
  }
  auto bytes = store_->fetch(file.name, drop_.file_bytes_max, call);
  if (!bytes) return std::move(bytes).error();
  if (bytes->size() != file.size)
    return sdk::retry("FILE_CHANGED",
                      store_->place(file.name),
                      "it changed while it was read",
                      "have it written under another name and renamed; it is read again");
  std::shared_ptr<DropFile> opened =
      record.format == Format::csv
          ? open_csv(record, file.name, std::move(bytes).value())
          : open_xml(record, file.name, std::move(bytes).value(), drop_.file_bytes_max);
  const std::lock_guard lock(mutex_);
  open_[record.type] = {stamp, opened};
  return opened;
}

sdk::Status DropReader::finish(const RecordSettings& record,
                               const FileInfo& file,
                               bool cut,
                               const sdk::Call& call) {
  std::vector<std::string> notes;  // of the other types that read this file
  for (const RecordSettings* other : all_)
    if (other->type != record.type && name_matches(other->files, file.name))
      notes.push_back(note_of(file, other->type));
  if (!notes.empty()) {
    const std::string own = note_of(file, record.type);
    if (auto put = store_->put(own, file.stamp, call); !put) return put;
    for (const std::string& note : notes) {
      auto stamp = store_->fetch(note, 4096, call);
      if (!stamp && stamp.error().error_class == sdk::ErrorClass::retry)
        return std::move(stamp).error();
      if (!stamp || *stamp != file.stamp) return sdk::Done{};  // not all have read it
    }
    notes.push_back(own);
  }
  if (auto moved = move_away(file, cut, call); !moved) return moved;
  for (const std::string& note : notes)
    if (auto removed = store_->remove(note, call); !removed) return removed;
  return sdk::Done{};
}

sdk::Status DropReader::move_away(const FileInfo& file, bool cut, const sdk::Call& call) {
  sdk::Status moved = sdk::Done{};
  if (drop_.after_ack == AfterAck::remove && !cut) {
    moved = store_->remove(file.name, call);
  } else {
    if (auto made = store_->make_folder(drop_.done, call); !made) return made;
    auto there = store_->list(drop_.done, call);
    if (!there) return std::move(there).error();
    // An earlier file of this name stays as it is.
    std::string to = drop_.done + "/" + file.name;
    if (find(*there, file.name) != nullptr) to += "." + sdk::content_hash(file.stamp);
    moved = store_->rename(file.name, to, call);
  }
  if (!moved || drop_.complete != Complete::marker) return moved;
  return store_->remove(file.name + drop_.marker, call);
}

}  // namespace concord::child_welfare
