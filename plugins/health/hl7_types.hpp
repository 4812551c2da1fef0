// The data types of HL7 v2 as JSON with readable names. Empty parts are left out; `""` stays `""`.
//
// Shapes (each key only where the sender gave something):
//   identifier  {value, check, check_scheme, assigner, assigner_id, assigner_kind, type, facility,
//                start, end}                                                        CX, EI
//   name        {family, given[], suffix, prefix, degree, type, order, start, end}  XPN
//   address     {lines[], city, state, postal, country, type, county, start, end}   XAD
//   contact     {value, use, equipment, email, country_code, area, number, extension}   XTN
//   coded       {code, text, system, alternate_code, alternate_text, alternate_system, original}
//   CWE worker      {id, family, given[], assigner}                                     XCN place
//   {point_of_care, room, bed, facility, building, floor, type}         PL
#pragma once

#include <concord/json.hpp>
#include <string>
#include <string_view>

#include "health/hl7_message.hpp"

namespace concord::health {

using sdk::JsonWriter;

void put(JsonWriter& w, std::string_view name, const std::string& text);  // left out when empty
void put(JsonWriter& w, std::string_view name, const Part& part);
void put_time(JsonWriter& w, std::string_view name, const Part& part);  // ISO, or as it is

void put_coded(JsonWriter& w, std::string_view name, const Part& part);
void put_worker(JsonWriter& w, std::string_view name, const Part& part);
void put_place(JsonWriter& w, std::string_view name, const Part& part);

// A list, one entry a repetition; left out when there is none.
void put_identifiers(JsonWriter& w, std::string_view name, const Part& field);
void put_names(JsonWriter& w, std::string_view name, const Part& field);
void put_addresses(JsonWriter& w, std::string_view name, const Part& field);
void put_contacts(JsonWriter& w, std::string_view name, const Part& field);
void put_coded_list(JsonWriter& w, std::string_view name, const Part& field);

// "SYN-1", or "HOSPITAL|SYN-1" where the assigner is another than `home`; empty where there is
// none.
std::string identifier_key(const Part& identifier, const std::string& home);

}  // namespace concord::health
