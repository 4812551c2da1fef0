// A page of a list, taken apart so that one bad item costs one reject and not the page.
//
// A page is {"items":[…],"next":"…","receipt":"…"}. Its outline is read with a scanner that knows
// only strings and brackets; each item is then read strictly on its own.
#pragma once

#include <concord/connector.hpp>

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

struct Page {
  std::vector<std::string_view> items;  // into the answer's bytes
  std::string next;                     // cursor of the page after this one; empty: the last
  std::string receipt;                  // what ack: prune sends back; empty: none
};

// Class retry where the outline cannot be told: nothing of such an answer can be trusted.
sdk::Result<Page> read_page(std::string_view answer,
                            const RestSettings& settings,
                            const std::string& place);

struct Item {
  sdk::Record record;
  std::string modified;  // as the source spells it; empty: not said
};
// Reads one item. The error's place is place:line:column within the answer.
sdk::Result<Item> read_item(std::string_view answer,
                            std::string_view item,
                            const RecordSettings& settings,
                            const std::string& place);

// The bytes of one member's value of a JSON object; empty: there is none.
std::string_view member_bytes(std::string_view object, std::string_view name);

}  // namespace concord::child_welfare
