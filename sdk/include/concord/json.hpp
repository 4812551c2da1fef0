// Strict JSON reading over RapidJSON, for bytes that came from somewhere else.
//
// RapidJSON alone accepts duplicate keys, and building a DOM from 100,000 nested arrays overruns
// the stack. parse_json refuses both while it reads, together with invalid UTF-8, NUL bytes,
// trailing text and sizes beyond the limits, and says at which byte.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

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

// The zero that ends before `end`, -0 and zeros with an exponent included; nothing of another
// number.
inline std::optional<double> zero_before(const char* begin, const char* end) {
  constexpr std::string_view kOfNumbers = "0123456789+-.eE";
  const char* first = end;
  while (first != begin && kOfNumbers.find(first[-1]) != std::string_view::npos) --first;
  for (const char* at = first; at != end && *at != 'e' && *at != 'E'; ++at)
    if (*at >= '1' && *at <= '9') return std::nullopt;
  return first != end && *first == '-' ? -0.0 : 0.0;
}

// Passes events on to the document, and stops at depth and duplicate keys.
template <class Handler>
class StrictHandler {
 public:
  using Ch = char;
  // bytes: what is read, as far as it has been read.
  StrictHandler(Handler& next, uint32_t depth_max, const rapidjson::MemoryStream& bytes)
      : next_(next), depth_max_(depth_max), bytes_(bytes) {}

  bool Null() { return next_.Null(); }
  bool Bool(bool v) { return next_.Bool(v); }
  bool Int(int v) { return next_.Int(v); }
  bool Uint(unsigned v) { return next_.Uint(v); }
  bool Int64(int64_t v) { return next_.Int64(v); }
  bool Uint64(uint64_t v) { return next_.Uint64(v); }
  // RapidJSON makes any number of a zero with an exponent: 0e198.
  bool Double(double v) {
    return next_.Double(zero_before(bytes_.begin_, bytes_.src_).value_or(v));
  }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool c) { return next_.RawNumber(s, n, c); }
  bool String(const char* s, rapidjson::SizeType n, bool c) {
    return no_nul({s, n}) && next_.String(s, n, c);
  }
  bool StartObject() {
    if (!deeper()) return false;
    starts_.push_back(keys_.size());
    return next_.StartObject();
  }
  bool Key(const char* s, rapidjson::SizeType n, bool c) {
    const std::string_view key{s, n};
    if (!no_nul(key)) return false;
    // Few keys an object is the rule, so looking back beats hashing; the hash guards the exception.
    const size_t hash = std::hash<std::string_view>{}(key);
    for (size_t i = starts_.back(); i < keys_.size(); ++i) {
      if (keys_[i].hash == hash && keys_[i].text == key) {
        code = "JSON_DUPLICATE_KEY";
        return false;
      }
    }
    if (keys_.size() - starts_.back() >= kKeysMax) {
      code = "JSON_SIZE";
      return false;
    }
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

  const char* code = nullptr;

 private:
  static constexpr size_t kKeysMax = 4096;  // in one object: bounds the look-back
  struct Seen {
    size_t hash;
    std::string text;
  };
  bool deeper() {
    if (++depth_ > depth_max_) {
      code = "JSON_DEPTH";
      return false;
    }
    return true;
  }
  bool no_nul(std::string_view text) {
    if (text.find('\0') == std::string_view::npos) return true;
    code = "JSON_ENCODING";
    return false;
  }
  Handler& next_;
  uint32_t depth_max_;
  uint32_t depth_ = 0;
  const rapidjson::MemoryStream& bytes_;
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
  constexpr unsigned flags = rapidjson::kParseIterativeFlag |
                             rapidjson::kParseValidateEncodingFlag |
                             rapidjson::kParseFullPrecisionFlag;
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
  rapidjson::Reader reader;
  const char* code = nullptr;
  auto generate = [&](auto& document) {
    detail::StrictHandler strict(document, limits.depth_max, bytes);
    const bool ok = !reader.Parse<flags>(stream, strict).IsError();
    code = strict.code;
    return ok;
  };
  out.Populate(generate);
  if (!reader.HasParseError()) return true;
  out.SetNull();
  fault.offset = reader.GetErrorOffset();
  if (code != nullptr) {
    fault.code = code;
    fault.cause = fault.code == "JSON_DUPLICATE_KEY" ? "a key appears twice in one object"
                  : fault.code == "JSON_DEPTH"
                      ? "nested deeper than " + std::to_string(limits.depth_max)
                  : fault.code == "JSON_SIZE" ? "more than 4096 keys in one object"
                                              : "a NUL character in a text";
  } else {
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
