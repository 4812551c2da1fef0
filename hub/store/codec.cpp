#include "hub/store/codec.hpp"

#include <charconv>
#include <cstring>

namespace concord::store {
namespace {

class Packer {
 public:
  explicit Packer(size_t bytes = 0) {
    out_.reserve(bytes);
    out_ += '\1';
  }
  Packer& operator<<(std::string_view field) {
    const auto size = static_cast<uint32_t>(field.size());
    char length[4];
    std::memcpy(length, &size, sizeof length);
    out_.append(length, sizeof length);
    out_.append(field);
    return *this;
  }
  Packer& operator<<(int64_t number) { return *this << std::string_view(std::to_string(number)); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {
    ok_ = !rest_.empty() && rest_.front() == '\1';
    if (ok_) rest_.remove_prefix(1);
  }
  std::string text() { return std::string(next()); }
  int64_t number() {
    const std::string_view field = next();
    int64_t value = 0;
    std::from_chars(field.data(), field.data() + field.size(), value);
    return value;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string_view next() {
    if (rest_.empty()) return {};  // appended by a later hub
    uint32_t size = 0;
    if (rest_.size() < sizeof size) return broken();
    std::memcpy(&size, rest_.data(), sizeof size);
    rest_.remove_prefix(sizeof size);
    if (rest_.size() < size) return broken();
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }
  std::string_view broken() {
    ok_ = false;
    rest_ = {};
    return {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

base::Error unreadable() {
  return base::fatal_error("CONTENT_FORMAT",
                           "sealed content",
                           "it is laid out in a way this hub does not know",
                           "restore the store with the hub that wrote it");
}

constexpr int64_t kNoTime = INT64_MIN;

}  // namespace

std::string pack(const model::Entity& e) {
  Packer p;
  p << e.subject_record << e.subject_role << e.agency.value << e.record_type << e.record_key
    << e.record_version << e.key << e.effective_start << e.effective_end
    << (e.entered ? base::to_us(*e.entered) : kNoTime) << e.status_reason
    << int64_t{e.labels.bits()} << e.lineage << e.body << e.extra;
  p << static_cast<int64_t>(e.field_labels.size());
  for (const auto& [pointer, labels] : e.field_labels) p << pointer << int64_t{labels.bits()};
  p << static_cast<int64_t>(e.absent.size());
  for (const auto& absent : e.absent) p << absent.pointer << absent.reason << absent.seen;
  return p.take();
}

base::Result<model::Entity> unpack_entity(std::string_view bytes) {
  Unpacker u(bytes);
  model::Entity e;
  e.subject_record = u.text();
  e.subject_role = u.text();
  e.agency = model::AgencyId(u.text());
  e.record_type = u.text();
  e.record_key = u.text();
  e.record_version = u.text();
  e.key = u.text();
  e.effective_start = u.text();
  e.effective_end = u.text();
  if (const int64_t entered = u.number(); entered != kNoTime) e.entered = base::from_us(entered);
  e.status_reason = u.text();
  e.labels = model::LabelSet::of_bits(static_cast<uint32_t>(u.number()));
  e.lineage = u.text();
  e.body = u.text();
  e.extra = u.text();
  for (int64_t n = u.number(); n > 0 && u.ok(); --n) {
    std::string pointer = u.text();
    e.field_labels.emplace_back(std::move(pointer),
                                model::LabelSet::of_bits(static_cast<uint32_t>(u.number())));
  }
  for (int64_t n = u.number(); n > 0 && u.ok(); --n) {
    model::Entity::Absent absent;
    absent.pointer = u.text();
    absent.reason = u.text();
    absent.seen = u.text();
    e.absent.push_back(std::move(absent));
  }
  if (!u.ok()) return unreadable();
  return e;
}

std::string pack(const JournalEntry& entry) {
  // Once, at its full size: a record may be large.
  Packer p(entry.record.key.size() + entry.record.origin.size() + entry.record.body.size() + 64);
  p << entry.record.key << entry.record.origin << entry.record.body << int64_t{entry.raw}
    << int64_t{entry.record.deleted};
  return p.take();
}

base::Status unpack_into(JournalEntry& entry, std::string_view bytes) {
  Unpacker u(bytes);
  entry.record.key = u.text();
  entry.record.origin = u.text();
  entry.record.body = u.text();
  entry.raw = u.number() != 0;
  entry.record.deleted = u.number() != 0;
  if (!u.ok()) return unreadable();
  return base::Done{};
}

std::string pack(const Profile& profile) {
  Packer p;
  p << profile.birth_date << static_cast<int64_t>(profile.known.size());
  for (const auto& known : profile.known) p << known.system.value << known.key;
  return p.take();
}

base::Result<Profile> unpack_profile(std::string_view bytes) {
  Unpacker u(bytes);
  Profile profile;
  profile.birth_date = u.text();
  for (int64_t n = u.number(); n > 0 && u.ok(); --n) {
    model::ChildRef known;
    known.system = model::SystemId(u.text());
    known.key = u.text();
    profile.known.push_back(std::move(known));
  }
  if (!u.ok()) return unreadable();
  return profile;
}

}  // namespace concord::store
