#include "health/hl7_body.hpp"
#include "health/hl7_types.hpp"

namespace concord::health {
namespace {

// OBX-5 by its type: text always, coded and comparator where the type has them.
void write_value(JsonWriter& w, const Part& field, const std::string& type) {
  if (field.empty()) return;
  const Part first = field.repetition(1);
  if (type == "CE" || type == "CWE" || type == "CNE" || type == "CF") {
    const std::string text = first.component(2).text();
    put(w, "value", text.empty() ? first.component(1).text() : text);
    put_coded(w, "coded", first);
    if (field.repetitions() > 1) put_coded_list(w, "all_coded", field);
    return;
  }
  if (type == "SN") {  // ">^100"
    put(w, "comparator", first.component(1));
    put(w, "value", first.component(2));
    put(w, "separator", first.component(3));
    put(w, "second_value", first.component(4));
    return;
  }
  if (type == "TX" || type == "FT" ||
      type == "ST") {  // ~ is a line end there, ^ is only a character
    std::string text;
    const char* between = "";
    for (const Part& line : field.all_repetitions()) {
      text += between + line.exact_text();
      between = "\n";
    }
    put(w, "value", text);
    return;
  }
  if (type == "DT" || type == "TS" || type == "DTM") {
    put_time(w, "value", first);
    return;
  }
  put(w, "value", field.components() > 1 ? field.text() : first.text());
}

void write_observation(JsonWriter& w,
                       const Segment& obx,
                       const Segment* obr,
                       const std::vector<const Segment*>& notes,
                       const GroupKeys& keys) {
  w.object();
  const std::string order = obr == nullptr ? "" : identifier_key(obr->field(3), "");
  const std::string placer = obr == nullptr ? "" : identifier_key(obr->field(2), "");
  std::string key = !order.empty() ? order : !placer.empty() ? placer : keys.visit;
  if (key.empty()) key = keys.patient;
  key += "/" + obx.field(3).component(1).text() + "/" + obx.field(4).text();
  put(w, "key", key);
  put(w, "set_id", obx.field(1));
  const std::string type = obx.field(2).text();
  put(w, "type", type);
  put_coded(w, "code", obx.field(3));
  put(w, "sub_id", obx.field(4));
  write_value(w, obx.field(5), type);
  put_coded(w, "unit", obx.field(6));
  put(w, "range", obx.field(7));
  put_coded_list(w, "flags", obx.field(8));
  put(w, "status", obx.field(11));
  if (!obx.field(14).empty()) {
    put_time(w, "at", obx.field(14));
  } else if (obr != nullptr) {
    put_time(w, "at", obr->field(7));
  }
  if (obr != nullptr) {
    w.key("order").object();
    put(w, "placer_number", obr->field(2).component(1));
    put(w, "filler_number", obr->field(3).component(1));
    put_coded(w, "code", obr->field(4));
    put_time(w, "at", obr->field(7));
    put_time(w, "reported", obr->field(22));
    put(w, "status", obr->field(25));
    w.end();
  }
  if (!notes.empty()) {
    w.key("notes").array();
    for (const Segment* nte : notes) w.value(nte->field(3).exact_text());
    w.end_array();
  }
  w.end();
}

}  // namespace

void write_observations(JsonWriter& w, const PatientGroup& group, const GroupKeys& keys) {
  const Segment* obr = nullptr;
  bool open = false;
  for (size_t i = 0; i < group.segments.size(); ++i) {
    const Segment& segment = *group.segments[i];
    if (segment.name() == "OBR") obr = &segment;
    if (segment.name() != "OBX") continue;
    std::vector<const Segment*> notes;
    for (size_t k = i + 1; k < group.segments.size() && group.segments[k]->name() == "NTE"; ++k) {
      notes.push_back(group.segments[k]);
    }
    if (!open) w.key("observations").array();
    open = true;
    write_observation(w, segment, obr, notes, keys);
  }
  if (open) w.end_array();
}

void write_appointment(JsonWriter& w,
                       const PatientGroup& group,
                       const Segment& sch,
                       const std::string& key) {
  w.key("appointment").object();
  put(w, "key", key);
  put(w, "placer_id", sch.field(1).component(1));
  put(w, "filler_id", sch.field(2).component(1));
  put_coded(w, "event_reason", sch.field(6));
  put_coded(w, "reason", sch.field(7));
  put_coded(w, "type", sch.field(8));
  put(w, "duration", sch.field(9));
  put(w, "duration_unit", sch.field(10).component(1));
  // Where the time stands changed over the versions: SCH-11, TQ1-7, the first resource.
  Part start = sch.field(11).component(4), end = sch.field(11).component(5);
  if (const Segment* tq1 = group.find("TQ1"); tq1 != nullptr && start.empty()) {
    start = tq1->field(7);
    end = tq1->field(8);
  }
  struct Resource {
    std::string_view segment, kind;
    size_t what, start;
  };
  static constexpr Resource kResources[] = {{"AIS", "service", 3, 4},
                                            {"AIG", "general", 3, 8},
                                            {"AIL", "place", 3, 6},
                                            {"AIP", "person", 3, 6}};
  for (const Segment* segment : group.segments) {
    for (const Resource& r : kResources) {
      if (start.empty() && segment->name() == r.segment) start = segment->field(r.start);
    }
  }
  put_time(w, "start", start);
  put_time(w, "end", end);
  put(w, "status", sch.field(25).component(1));
  bool open = false;
  for (const Segment* segment : group.segments) {
    for (const Resource& r : kResources) {
      if (segment->name() != r.segment) continue;
      if (!open) w.key("resources").array();
      open = true;
      w.object().field("kind", r.kind);
      if (r.segment == "AIL") {
        put_place(w, "place", segment->field(r.what));
      } else if (r.segment == "AIP") {
        put_worker(w, "person", segment->field(r.what));
      } else {
        put_coded(w, "what", segment->field(r.what));
      }
      put_time(w, "start", segment->field(r.start));
      w.end();
    }
  }
  if (open) w.end_array();
  w.end();
}

}  // namespace concord::health
