// Where a value stands in a record: "patient.names[0].family".
//
//   a.b        member b of a           a[2]     third of a list
//   a[]        each of a list          a[k=v]   each item whose k (or k.l) is v
//   .a         below the item of $each $record, $item, $key ...: what is around the data
//
// Resolved once, at load. Lists on the way of a member are passed through in [k.l=v] only.
// Threads: immutable after parse.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/json.hpp"

namespace concord::translate {

using base::JsonValue;
using Values = std::vector<const JsonValue*>;

// What a path may start at besides the record's members.
enum class Meta : uint8_t {
  record,  // the whole record or document body
  item,    // the item of $each
  key,
  type,
  version,
  changed_at,
  id,
  status,
  subject,
  agency,
  effective_start,
  effective_end,
  zone,
  count_
};
inline constexpr size_t kMetaCount = static_cast<size_t>(Meta::count_);

// What paths look at: metas[record] is the root.
using Metas = std::array<const JsonValue*, kMetaCount>;

class SourcePath {
 public:
  // The cause in words where the text is no path.
  static base::Result<SourcePath, std::string> parse(std::string_view text);

  // Appends what is there: nulls, blank texts, empty lists and objects count as missing.
  void find(const Metas& metas, Values& out) const;
  void find_below(const JsonValue& start, Values& out) const;
  [[nodiscard]] const JsonValue* first(const Metas& metas) const;
  [[nodiscard]] const JsonValue* first_below(const JsonValue& start) const;

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] Meta root() const { return root_; }
  [[nodiscard]] bool many() const;  // may give several values
  [[nodiscard]] bool empty() const { return steps_.empty(); }
  // Before and after the first "[]"; nothing where there is none.
  [[nodiscard]] std::optional<std::pair<SourcePath, SourcePath>> split_at_each() const;
  // Writes value where this path points in root, making objects and lists on the way. For examples.
  void put(JsonValue& root, JsonValue value, rapidjson::MemoryPoolAllocator<>& memory) const;

 private:
  struct Step {
    enum class Kind { member, index, each, select } kind = Kind::member;
    std::string name;                      // member
    size_t index = 0;                      // index
    std::vector<std::string> select_path;  // select
    std::string select_value;
  };
  void walk(const JsonValue& at, size_t step, Values& out) const;
  std::string text_;
  Meta root_ = Meta::record;
  std::vector<Step> steps_;
};

// Null, a text of blanks, an empty list or object.
bool is_missing(const JsonValue& value);
std::string_view trimmed(std::string_view text);

}  // namespace concord::translate
