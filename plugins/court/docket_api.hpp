// The court's docket API: JSON over HTTP with a bearer token.
//
//   GET  {url}/{types}?limit=N&cursor=C   {"items":[…],"next_cursor":"…","more":false}
//   POST {url}/{types}/ack                {"cursor":"…"}: all before it is committed here
//   POST {url}/notes                      one note, with Idempotency-Key
//   POST {url}/notes:bulk                 {"notes":[…]} -> {"results":[{"status":201,"id":"…"}]}
//   POST {url}/filings                    an ECF message, with Idempotency-Key
//   GET  {url}/status
//
// A cursor is the court's and opaque. An item is {"id","version",...} and goes to the hub as it is;
// {"id","version","deleted":true} says that it is gone.
//
// Threads: any number may call one DocketApi.
#pragma once

#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "court/settings.hpp"

namespace concord::court {

struct DocketPage {
  std::vector<sdk::Record> records;
  std::vector<sdk::Reject> rejects;
  std::string next_cursor;
  bool more = false;
};

// "hearing" -> "hearings"; empty for what the API does not hold.
std::string_view collection_of(std::string_view record_type);

// One item as a record, or as a reject with place "<origin> items[3]".
void read_item(const rapidjson::Value& item,
               std::string_view type,
               const std::string& place,
               const sdk::Limits& limits,
               DocketPage& out);

// The page's text. An error (class retry) is a page that is no page: cut, or not the court's.
sdk::Result<DocketPage> read_page(std::string_view json,
                                  std::string_view type,
                                  const std::string& origin,
                                  const sdk::Limits& limits);

class DocketApi {
 public:
  explicit DocketApi(ApiSettings settings);
  ~DocketApi();

  sdk::Status check(const sdk::Call& call);
  sdk::Result<DocketPage> page(std::string_view type,
                               const std::string& cursor,
                               const sdk::Limits& limits,
                               const sdk::Call& call);
  sdk::Status ack(std::string_view type, const std::string& cursor, const sdk::Call& call);
  // One outcome a note, in order.
  std::vector<sdk::Outcome> send_notes(std::span<const sdk::Delivery* const> notes,
                                       const sdk::Call& call);
  sdk::Outcome send_filing(const sdk::Delivery& delivery, std::string ecf, const sdk::Call& call);

 private:
  struct Client;
  std::vector<sdk::Outcome> send_bulk(std::span<const sdk::Delivery* const> notes,
                                      const sdk::Call& call);
  sdk::Outcome send_note(const sdk::Delivery& note, const sdk::Call& call);
  ApiSettings settings_;
  std::unique_ptr<Client> client_;
};

}  // namespace concord::court
