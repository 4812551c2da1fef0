#include "child_welfare/settings.hpp"

#include <concord/json.hpp>

#include "child_welfare/afcars.hpp"

namespace concord::child_welfare {
namespace {

using rapidjson::Value;

// Reads members of one object and remembers the first thing that is wrong.
class Members {
 public:
  Members(const Value& object, std::string place, std::optional<sdk::Error>& fault)
      : object_(object), place_(std::move(place)), fault_(fault) {
    if (!object.IsObject()) fail("", "is not an object", "write an object");
  }

  const Value* get(const char* name) const {
    if (!object_.IsObject()) return nullptr;
    auto it = object_.FindMember(name);
    return it == object_.MemberEnd() || it->value.IsNull() ? nullptr : &it->value;
  }
  void text(const char* name, std::string& out) {
    if (const Value* v = get(name)) {
      if (v->IsString())
        out.assign(v->GetString(), v->GetStringLength());
      else
        fail(name, "is not a text", "put it in quotes");
    }
  }
  void required(const char* name, std::string& out) {
    text(name, out);
    if (out.empty()) fail(name, "is missing", "set it");
  }
  template <class Number>
  void number(const char* name, Number& out, int64_t least, int64_t most) {
    if (const Value* v = get(name)) {
      if (v->IsInt64() && v->GetInt64() >= least && v->GetInt64() <= most)
        out = static_cast<Number>(v->GetInt64());
      else
        fail(name,
             "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most),
             "choose one");
    }
  }
  template <class Duration>
  void duration(const char* name, Duration& out, int64_t least, int64_t most) {
    int64_t count = static_cast<int64_t>(out.count());
    number(name, count, least, most);
    out = Duration(count);
  }
  void flag(const char* name, bool& out) {
    if (const Value* v = get(name)) {
      if (v->IsBool())
        out = v->GetBool();
      else
        fail(name, "is neither true nor false", "write true or false");
    }
  }
  // A text, or a list of texts.
  void texts(const char* name, std::vector<std::string>& out) {
    const Value* v = get(name);
    if (v == nullptr) return;
    out.clear();
    if (v->IsString()) {
      out.emplace_back(v->GetString(), v->GetStringLength());
      return;
    }
    if (!v->IsArray()) return fail(name, "is neither a text nor a list", "write [\"a\", \"b\"]");
    for (const Value& item : v->GetArray()) {
      if (!item.IsString()) return fail(name, "holds what is no text", "write [\"a\", \"b\"]");
      out.emplace_back(item.GetString(), item.GetStringLength());
    }
  }
  template <class Enum>
  void choice(const char* name,
              Enum& out,
              std::initializer_list<std::pair<const char*, Enum>> all) {
    std::string text_of_it;
    text(name, text_of_it);
    if (text_of_it.empty()) return;
    std::string names;
    for (const auto& [known, value] : all) {
      if (text_of_it == known) {
        out = value;
        return;
      }
      names += (names.empty() ? "" : ", ") + std::string(known);
    }
    fail(name, "\"" + text_of_it + "\" is not known", "use one of " + names);
  }
  void fail(const std::string& name, std::string cause, std::string next) {
    if (fault_) return;
    const std::string where = place_.empty() || name.empty() ? place_ + name : place_ + "." + name;
    fault_ = sdk::config_error("SETTING", where, std::move(cause), std::move(next));
  }
  [[nodiscard]] const std::string& place() const { return place_; }
  template <class Each>
  void each(Each&& each) {
    if (!object_.IsObject()) return;
    for (const auto& m : object_.GetObject())
      each(std::string(m.name.GetString(), m.name.GetStringLength()), m.value);
  }

 private:
  const Value& object_;
  std::string place_;
  std::optional<sdk::Error>& fault_;
};

RestSettings rest_settings(Members m) {
  RestSettings s;
  m.required("url", s.url);
  while (s.url.ends_with('/')) s.url.pop_back();
  m.required("token_url", s.token_url);
  m.required("client_id", s.client_id);
  m.required("client_secret", s.client_secret);
  m.text("scope", s.scope);
  m.text("ca_file", s.ca_file);
  m.choice("client_auth", s.secret_in_body, {{"basic", false}, {"body", true}});
  m.number("page_size", s.page_size, 1, 10000);
  m.choice("ack", s.prune, {{"none", false}, {"prune", true}});
  m.text("items", s.items);
  m.text("next", s.next);
  m.text("bulk", s.bulk);
  m.duration("overlap_seconds", s.overlap, 0, 86400);
  m.duration("timeout_ms", s.timeout, 100, 600000);
  return s;
}

DropSettings drop_settings(Members& m) {
  DropSettings s;
  m.choice("complete",
           s.complete,
           {{"settled", Complete::settled},
            {"marker", Complete::marker},
            {"renamed", Complete::renamed}});
  m.duration("settle_seconds", s.settle, 0, 3600);
  m.text("marker", s.marker);
  m.choice("after_ack",
           s.after_ack,
           {{"move", AfterAck::move}, {"remove", AfterAck::remove}, {"keep", AfterAck::keep}});
  m.text("done", s.done);
  m.number("file_bytes_max", s.file_bytes_max, 1, int64_t{2} << 30);
  if (s.marker.empty()) m.fail("marker", "is empty", "write what is added to the file's name");
  return s;
}

FolderSettings folder_settings(Members m) {
  FolderSettings s;
  m.required("path", s.path);
  s.drop = drop_settings(m);
  return s;
}

SftpSettings sftp_settings(Members m) {
  SftpSettings s;
  m.required("host", s.host);
  m.number("port", s.port, 1, 65535);
  m.required("user", s.user);
  m.required("key_file", s.key_file);
  m.required("known_hosts", s.known_hosts);
  m.required("path", s.path);
  if (!s.path.empty() && !s.path.starts_with('/') && !s.path.starts_with("~/"))
    m.fail("path", "begins with neither / nor ~/", "write the whole path");
  m.duration("timeout_ms", s.timeout, 100, 600000);
  s.drop = drop_settings(m);
  return s;
}

// One character of the settings as the one byte that it is in the file.
char byte_of(Members& m, const char* name, char fallback, const std::string& encoding) {
  std::string text;
  m.text(name, text);
  if (m.get(name) == nullptr) return fallback;
  if (text.empty()) return '\0';
  if (text == "\\t") return '\t';
  if (text.size() == 1) return text[0];
  const auto known = sdk::encoding_named(encoding);
  if (known && known != sdk::Encoding::utf8 && known != sdk::Encoding::utf16le &&
      known != sdk::Encoding::utf16be) {
    for (unsigned byte = 0x80; byte < 0x100; ++byte) {
      std::string as_utf8;
      if (auto point = sdk::character_of(static_cast<uint8_t>(byte), *known))
        sdk::append_utf8(as_utf8, *point);
      if (as_utf8 == text) return static_cast<char>(byte);
    }
  }
  m.fail(name, "is not one byte in the file's encoding", "choose another, or the true encoding");
  return fallback;
}

void csv_settings(Members& m, RecordSettings& s) {
  m.text("encoding", s.csv.encoding);
  if (!sdk::encoding_named(s.csv.encoding))
    m.fail("encoding",
           "\"" + s.csv.encoding + "\" is not known",
           std::string("use ") + sdk::kEncodingNames);
  s.csv.delimiter = byte_of(m, "delimiter", ',', s.csv.encoding);
  if (s.csv.delimiter == '\0') m.fail("delimiter", "is empty", "write one character");
  s.csv.quote = byte_of(m, "quote", '"', s.csv.encoding);
  s.csv.row_end = byte_of(m, "row_end", '\0', s.csv.encoding);
  m.number("cell_bytes_max", s.csv.cell_bytes_max, 1, 64 << 20);
  m.flag("allow_ragged_rows", s.allow_ragged_rows);
  m.texts("columns", s.columns);
}

RecordSettings record_settings(const std::string& type, Members m) {
  RecordSettings s;
  std::string profile;
  m.text("profile", profile);
  if (profile == "afcars") {
    if (!afcars_profile(type, s))
      m.fail("profile", "AFCARS files hold no " + type, "use person, removal or placement");
  } else if (!profile.empty()) {
    m.fail("profile", "\"" + profile + "\" is not known", "use afcars, or leave it out");
  }
  s.type = type;
  m.choice(
      "from", s.from, {{"rest", Source::rest}, {"folder", Source::folder}, {"sftp", Source::sftp}});
  m.choice("format", s.format, {{"csv", Format::csv}, {"xml", Format::xml}});
  m.texts("key", s.key);
  m.text("modified", s.modified);
  // A time sorts, and the hash tells apart what was changed twice in one moment.
  if (s.from == Source::rest) s.version = {s.modified, "#hash"};
  m.texts("version", s.version);
  m.text("deleted", s.deleted);
  s.path = "/" + type + "s";
  m.text("path", s.path);
  m.text("files", s.files);
  m.text("record", s.record);
  m.texts("leave_out", s.leave_out);
  csv_settings(m, s);
  if (s.key.empty()) m.fail("key", "is empty", "name what the source calls the record by");
  if (s.from != Source::rest && s.files.empty())
    m.fail("files", "is missing", "write the files' name, as in placements-*.csv");
  if (s.format == Format::xml && s.record.empty())
    m.fail("record", "is missing", "write the path of the record's element below the root");
  return s;
}

WriteSettings write_settings(Members m, std::optional<sdk::Error>& fault) {
  WriteSettings s;
  m.choice(
      "to", s.to, {{"rest", Source::rest}, {"folder", Source::folder}, {"sftp", Source::sftp}});
  m.text("folder", s.folder);
  int64_t days = 30;
  m.number("remember_days", days, 1, 3650);
  s.remember = std::chrono::hours(24 * days);
  if (const Value* v = m.get("paths"))
    Members(*v, "write.paths", fault).each([&](const std::string& type, const Value& path) {
      if (path.IsString()) s.paths[type] = path.GetString();
    });
  if (const Value* v = m.get("columns")) {
    Members columns(*v, "write.columns", fault);
    columns.each([&](const std::string& type, const Value&) {
      columns.texts(type.c_str(), s.columns[type]);
    });
  }
  return s;
}

WebhookSettings webhook_settings(Members m) {
  WebhookSettings s;
  m.text("host", s.host);
  m.number("port", s.port, 0, 65535);
  if (m.get("port") == nullptr) m.fail("port", "is missing", "choose the port that events come to");
  m.required("secret", s.secret);
  m.duration("tolerance_seconds", s.tolerance, 1, 86400);
  return s;
}

// The API's own names of what a CCWIS offers, read where nothing else is said.
constexpr const char* kRestTypes[] = {"person", "case", "placement", "removal", "missing_event"};

bool has(const Settings& s, Source source) {
  return source == Source::rest     ? s.rest.has_value()
         : source == Source::folder ? s.folder.has_value()
                                    : s.sftp.has_value();
}

}  // namespace

const RecordSettings* Settings::find(std::string_view type) const {
  for (const RecordSettings& record : records)
    if (record.type == type) return &record;
  return nullptr;
}

sdk::Result<Settings> read_settings(std::string_view json) {
  rapidjson::Document document;
  sdk::JsonFault bad;
  if (!sdk::parse_json(json, document, bad))
    return sdk::config_error("SETTING", "settings", bad.cause, "write them as JSON");
  std::optional<sdk::Error> fault;
  Members all(document, "", fault);
  Settings s;
  if (const Value* v = all.get("rest")) s.rest = rest_settings({*v, "rest", fault});
  if (const Value* v = all.get("folder")) s.folder = folder_settings({*v, "folder", fault});
  if (const Value* v = all.get("sftp")) s.sftp = sftp_settings({*v, "sftp", fault});
  if (const Value* v = all.get("webhook")) s.webhook = webhook_settings({*v, "webhook", fault});
  if (const Value* v = all.get("write"))
    s.write = write_settings({*v, "write", fault}, fault);
  else if (s.rest)
    s.write = WriteSettings{};
  if (const Value* v = all.get("records")) {
    Members(*v, "records", fault).each([&](const std::string& type, const Value& record) {
      s.records.push_back(record_settings(type, {record, "records." + type, fault}));
    });
  } else if (s.rest) {
    const Value none(rapidjson::kObjectType);
    for (const char* type : kRestTypes)
      s.records.push_back(record_settings(type, {none, "", fault}));
  }
  for (const RecordSettings& record : s.records)
    if (!has(s, record.from))
      all.fail("records." + record.type + ".from", "that source has no settings", "add them");
  if (s.write && !has(s, s.write->to))
    all.fail("write.to", "that place has no settings", "add them");
  if (fault) return std::move(*fault);
  return s;
}

}  // namespace concord::child_welfare
