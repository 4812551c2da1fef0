// OASIS LegalXML Electronic Court Filing: messages read as `filing` records, and written.
//
// Read: FilingMessage and RecordDocketingMessage of ECF 5.0, CoreFilingMessage and
// RecordDocketingMessage of ECF 4.0/4.01, bare or inside ReviewFilingRequest and
// RecordDocketingRequest, in any state's extension of them: elements are told by local name under a
// root that is told by name. Every other ECF message is a reject that says what it is not.
//
// A filing that concerns several juveniles gives one record each, keyed "<filing>/<party>", with
// party_id and party of that child; otherwise one record, keyed by the filing. Documents stay out
// of the record: each is {ref, media_type, size, sha256, ...}.
//
// Both are pure functions: any thread, no clock, no network.
#pragma once

#include <concord/connector.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "court/settings.hpp"

namespace concord::court {

// place names the message in errors: "filings/a.xml".
sdk::Result<std::vector<sdk::Record>> read_ecf(std::string_view bytes, const std::string& place);

// An ECF 5.0 FilingMessage (or CancelFilingMessage, for a withdrawal) of a `filing` record as
// describe() shows it. The same delivery gives the same bytes.
sdk::Result<std::string> write_ecf(const sdk::Delivery& delivery, const FilingSettings& settings);

}  // namespace concord::court
