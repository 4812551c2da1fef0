// Strict JSON reading over RapidJSON, for bytes that came from somewhere else.
//
// RapidJSON alone accepts duplicate keys, and building a DOM from 100,000 nested arrays overruns
// the stack. parse_json refuses both while it reads, together with invalid UTF-8, NUL bytes,
// trailing text and sizes beyond the limits, and says at which byte.
#pragma once

#include <locale.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <stdlib.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace concord::sdk {

// What a document may be at most.
struct JsonLimits {
  size_t bytes_max = 16u << 20;
  uint32_t depth_max = 64;
};

// Why and where a text is no JSON that is taken.
struct JsonFault {
  std::string code;   // JSON_SYNTAX, JSON_DUPLICATE_KEY, JSON_DEPTH, JSON_SIZE, JSON_ENCODING
  std::string cause;  // without content
  size_t offset = 0;  // byte, from 0
};

namespace detail {

// RapidJSON's own way to the last digit (kParseFullPrecisionFlag) reads beyond its tables at 400
// zeros behind a point, and makes any number of 0e198. Nothing: too large for a double.
inline std::optional<double> number_of(const char* text) {
  static const locale_t plain = ::newlocale(LC_ALL_MASK, "C", nullptr);
  const double value = ::strtod_l(text, nullptr, plain);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// Passes events on to the document, and stops at depth and duplicate keys.
template <class Handler>
class StrictHandler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, StrictHandler<Handler>> {
 public:
  StrictHandler(Handler& next, uint32_t depth_max) : next_(next), depth_max_(depth_max) {}

  bool Null() { return next_.Null(); }
  bool Bool(bool v) { return next_.Bool(v); }
  // Numbers come as they stand.
  bool RawNumber(const char* s, rapidjson::SizeType n, bool) {
    const char* end = s + n;
    if (uint64_t whole = 0; reads(s, end, whole))
      return whole <= UINT32_MAX ? next_.Uint(static_cast<unsigned>(whole)) : next_.Uint64(whole);
    if (int64_t whole = 0; reads(s, end, whole))
      return whole >= INT32_MIN ? next_.Int(static_cast<int>(whole)) : next_.Int64(whole);
    const std::optional<double> value = number_of(s);
    return value ? next_.Double(*value) : stop("JSON_SYNTAX", "a number too large for a double");
  }
  bool String(const char* s, rapidjson::SizeType n, bool c) {
    return is_text({s, n}) && next_.String(s, n, c);
  }
  bool StartObject() {
    if (!deeper()) return false;
    starts_.push_back(keys_.size());
    return next_.StartObject();
  }
  bool Key(const char* s, rapidjson::SizeType n, bool c) {
    const std::string_view key{s, n};
    if (!is_text(key)) return false;
    // Few keys an object is the rule, so looking back beats hashing; the hash guards the exception.
    const size_t hash = std::hash<std::string_view>{}(key);
    for (size_t i = starts_.back(); i < keys_.size(); ++i) {
      if (keys_[i].hash == hash && keys_[i].text == key)
        return stop("JSON_DUPLICATE_KEY", "a key appears twice in one object");
    }
    if (keys_.size() - starts_.back() >= kKeysMax)
      return stop("JSON_SIZE", "more than 4096 keys in one object");
    keys_.push_back({hash, std::string(key)});
    return next_.Key(s, n, c);
  }
  bool EndObject(rapidjson::SizeType n) {
    keys_.resize(starts_.back());
    starts_.pop_back();
    --depth_;
    return next_.EndObject(n);
  }
  bool StartArray() { return deeper() && next_.StartArray(); }
  bool EndArray(rapidjson::SizeType n) {
    --depth_;
    return next_.EndArray(n);
  }

  std::string code, cause;  // why it stopped; empty: it did not

 private:
  static constexpr size_t kKeysMax = 4096;  // in one object: bounds the look-back
  struct Seen {
    size_t hash;
    std::string text;
  };
  // All of the text, and it fits.
  template <class Whole>
  static bool reads(const char* text, const char* end, Whole& whole) {
    const auto [at, fault] = std::from_chars(text, end, whole);
    return at == end && fault == std::errc();
  }
  bool stop(const char* with, std::string why) {
    code = with;
    cause = std::move(why);
    return false;
  }
  bool deeper() {
    return ++depth_ <= depth_max_ ||
           stop("JSON_DEPTH", "nested deeper than " + std::to_string(depth_max_));
  }
  bool is_text(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
      return stop("JSON_ENCODING", "a NUL character in a text");
    // RapidJSON lets the second half of an escaped pair stand alone: no character, and no UTF-8.
    for (size_t at = 0; (at = text.find('\xED', at)) != std::string_view::npos; ++at)
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0)
        return stop("JSON_ENCODING", "half of a surrogate pair in a text");
    return true;
  }
  Handler& next_;
  uint32_t depth_max_;
  uint32_t depth_ = 0;
  std::vector<Seen> keys_;
  std::vector<size_t> starts_;
};

}  // namespace detail

// Reads one JSON value into out. Returns false and fills fault on any breach; out is then null.
inline bool parse_json(std::string_view text,
                       rapidjson::Document& out,
                       JsonFault& fault,
                       const JsonLimits& limits = {}) {
  out.SetNull();
  if (text.size() > limits.bytes_max) {
    fault = {"JSON_SIZE",
             std::to_string(text.size()) + " bytes, more than the " +
                 std::to_string(limits.bytes_max) + " allowed",
             limits.bytes_max};
    return false;
  }
  // RapidJSON takes a NUL for the end, whatever follows it.
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    fault = {"JSON_ENCODING", "a NUL byte", nul};
    return false;
  }
  constexpr unsigned flags = rapidjson::kParseIterativeFlag |
                             rapidjson::kParseValidateEncodingFlag |
                             rapidjson::kParseNumbersAsStringsFlag;
  // RapidJSON takes any part of a byte order mark for one.
  const size_t mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  text.remove_prefix(mark);
  if (!text.empty() && static_cast<unsigned char>(text.front()) >= 0x80) {
    fault = {"JSON_SYNTAX", rapidjson::GetParseError_En(rapidjson::kParseErrorValueInvalid), mark};
    return false;
  }
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
  rapidjson::Reader reader;
  auto generate = [&](auto& document) {
    detail::StrictHandler strict(document, limits.depth_max);
    const bool ok = !reader.Parse<flags>(stream, strict).IsError();
    fault.code = std::move(strict.code);
    fault.cause = std::move(strict.cause);
    return ok;
  };
  out.Populate(generate);
  if (!reader.HasParseError()) return true;
  out.SetNull();
  fault.offset = mark + reader.GetErrorOffset();
  if (fault.code.empty()) {
    const bool encoding =
        reader.GetParseErrorCode() == rapidjson::kParseErrorStringInvalidEncoding ||
        reader.GetParseErrorCode() == rapidjson::kParseErrorStringUnicodeSurrogateInvalid;
    fault.code = encoding ? "JSON_ENCODING" : "JSON_SYNTAX";
    fault.cause = rapidjson::GetParseError_En(reader.GetParseErrorCode());
  }
  return false;
}

// The value as text, without spaces.
inline std::string write_json(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

// The text of a member, or "" where it is missing or no text.
inline std::string_view text_of(const rapidjson::Value& object, const char* name) {
  if (!object.IsObject()) return {};
  auto it = object.FindMember(name);
  if (it == object.MemberEnd() || !it->value.IsString()) return {};
  return {it->value.GetString(), it->value.GetStringLength()};
}

// Builds JSON text as it goes; the writer for connectors, so that nobody joins strings by hand.
//   JsonWriter w; w.object().field("key", "0042").field("count", 3).end();  w.text()
class JsonWriter {
 public:
  JsonWriter() : writer_(buffer_) {}
  // Begin and end what holds other values. One that is not ended makes text() no JSON.
  JsonWriter& object() { return writer_.StartObject(), *this; }
  JsonWriter& array() { return writer_.StartArray(), *this; }
  JsonWriter& end() { return writer_.EndObject(), *this; }
  JsonWriter& end_array() { return writer_.EndArray(), *this; }
  // The name of the value that follows.
  JsonWriter& key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
  }
  // A value: an item of a list, or what key() named. Text is UTF-8 and is escaped.
  JsonWriter& value(std::string_view text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return *this;
  }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool v) { return writer_.Bool(v), *this; }
  JsonWriter& value(int64_t v) { return writer_.Int64(v), *this; }
  JsonWriter& value(uint64_t v) { return writer_.Uint64(v), *this; }
  JsonWriter& value(int v) { return writer_.Int(v), *this; }
  JsonWriter& value(double v) { return writer_.Double(v), *this; }
  JsonWriter& value(const rapidjson::Value& v) { return v.Accept(writer_), *this; }
  JsonWriter& null() { return writer_.Null(), *this; }
  // A name and its value.
  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  // What was written so far.
  [[nodiscard]] std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace concord::sdk
