#include "health/hl7_types.hpp"

#include "health/hl7_time.hpp"

namespace concord::health {
namespace {

template <class Write>
void put_object(JsonWriter& w, std::string_view name, const Part& part, Write&& write) {
  if (part.empty()) return;
  w.key(name).object();
  write(part);
  w.end();
}

template <class Write>
void put_list(JsonWriter& w, std::string_view name, const Part& field, Write&& write) {
  if (field.empty()) return;
  bool open = false;
  for (const Part& one : field.all_repetitions()) {
    if (one.empty()) continue;
    if (!open) w.key(name).array();
    open = true;
    w.object();
    write(one);
    w.end();
  }
  if (open) w.end_array();
}

void texts(JsonWriter& w, std::string_view name, std::initializer_list<std::string> values) {
  bool open = false;
  for (const std::string& value : values) {
    if (value.empty()) continue;
    if (!open) w.key(name).array();
    open = true;
    w.value(value);
  }
  if (open) w.end_array();
}

void write_coded(JsonWriter& w, const Part& p) {
  put(w, "code", p.component(1));
  put(w, "text", p.component(2));
  put(w, "system", p.component(3));
  put(w, "alternate_code", p.component(4));
  put(w, "alternate_text", p.component(5));
  put(w, "alternate_system", p.component(6));
  put(w, "original", p.component(9));
}

// Street address: one text, or number, street and dwelling apart.
std::string street(const Part& sad) {
  std::string out;
  for (const Part& part : sad.all_subs()) {
    const std::string text = part.text();
    if (text.empty()) continue;
    out += (out.empty() ? "" : " ") + text;
  }
  return out;
}

std::string phone(const Part& xtn) {
  for (const size_t n : {1u, 12u}) {
    std::string whole = xtn.component(n).text();
    if (!whole.empty()) return whole;
  }
  const std::string area = xtn.component(6).text(), local = xtn.component(7).text();
  return area.empty() || local.empty() ? local : area + "-" + local;
}

}  // namespace

void put(JsonWriter& w, std::string_view name, const std::string& text) {
  if (!text.empty()) w.field(name, text);
}

void put(JsonWriter& w, std::string_view name, const Part& part) {
  if (!part.empty()) w.field(name, part.text());
}

void put_time(JsonWriter& w, std::string_view name, const Part& part) {
  if (!part.empty()) w.field(name, iso_or_same(part.component(1).text()));
}

void put_coded(JsonWriter& w, std::string_view name, const Part& part) {
  put_object(w, name, part, [&](const Part& p) { write_coded(w, p); });
}

void put_worker(JsonWriter& w, std::string_view name, const Part& part) {
  put_object(w, name, part, [&](const Part& p) {
    put(w, "id", p.component(1));
    put(w, "family", p.component(2).sub(1));
    texts(w, "given", {p.component(3).text(), p.component(4).text()});
    put(w, "assigner", p.component(9).sub(1));
  });
}

void put_place(JsonWriter& w, std::string_view name, const Part& part) {
  put_object(w, name, part, [&](const Part& p) {
    put(w, "point_of_care", p.component(1));
    put(w, "room", p.component(2));
    put(w, "bed", p.component(3));
    put(w, "facility", p.component(4).sub(1));
    put(w, "type", p.component(6));
    put(w, "building", p.component(7));
    put(w, "floor", p.component(8));
  });
}

void put_identifiers(JsonWriter& w, std::string_view name, const Part& field) {
  put_list(w, name, field, [&](const Part& p) {
    put(w, "value", p.component(1));
    put(w, "check", p.component(2));
    put(w, "check_scheme", p.component(3));
    put(w, "assigner", p.component(4).sub(1));
    put(w, "assigner_id", p.component(4).sub(2));
    put(w, "assigner_kind", p.component(4).sub(3));
    put(w, "type", p.component(5));
    put(w, "facility", p.component(6).sub(1));
    put_time(w, "start", p.component(7));
    put_time(w, "end", p.component(8));
  });
}

void put_names(JsonWriter& w, std::string_view name, const Part& field) {
  put_list(w, name, field, [&](const Part& p) {
    put(w, "family", p.component(1).sub(1));
    texts(w, "given", {p.component(2).text(), p.component(3).text()});
    put(w, "suffix", p.component(4));
    put(w, "prefix", p.component(5));
    put(w, "degree", p.component(6));
    put(w, "type", p.component(7));
    put(w, "order", p.component(11));
    put_time(w, "start", p.component(12));
    put_time(w, "end", p.component(13));
  });
}

void put_addresses(JsonWriter& w, std::string_view name, const Part& field) {
  put_list(w, name, field, [&](const Part& p) {
    texts(w, "lines", {street(p.component(1)), p.component(2).text()});
    put(w, "city", p.component(3));
    put(w, "state", p.component(4));
    put(w, "postal", p.component(5));
    put(w, "country", p.component(6));
    put(w, "type", p.component(7));
    put(w, "county", p.component(9));
    put_time(w, "start", p.component(13));
    put_time(w, "end", p.component(14));
  });
}

void put_contacts(JsonWriter& w, std::string_view name, const Part& field) {
  put_list(w, name, field, [&](const Part& p) {
    put(w, "value", phone(p));
    put(w, "use", p.component(2));
    put(w, "equipment", p.component(3));
    put(w, "email", p.component(4));
    put(w, "country_code", p.component(5));
    put(w, "area", p.component(6));
    put(w, "number", p.component(7));
    put(w, "extension", p.component(8));
  });
}

void put_coded_list(JsonWriter& w, std::string_view name, const Part& field) {
  put_list(w, name, field, [&](const Part& p) { write_coded(w, p); });
}

std::string identifier_key(const Part& identifier, const std::string& home) {
  const std::string value = identifier.component(1).text();
  if (value.empty() || value == "\"\"") return {};
  const std::string assigner = identifier.component(4).sub(1).text();
  return assigner.empty() || assigner == home ? value : assigner + "|" + value;
}

}  // namespace concord::health
