// concord person expunge: through the running hub.
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>

#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/json.hpp"

namespace concord::app {
namespace {

long long number(const base::JsonValue& json, const char* name) {
  const base::JsonValue* found = base::member(json, name);
  return found != nullptr && found->IsInt64() ? found->GetInt64() : 0;
}

void print(const base::JsonValue& done) {
  std::printf("expunged: %lld records and %lld documents cannot be read by anybody any more\n",
              number(done, "records"),
              number(done, "documents"));
  std::printf("  %lld waiting deliveries withheld, %lld consents and orders deleted\n",
              number(done, "withdrawn"),
              number(done, "evidence"));
  if (const base::JsonValue* delivered = base::member(done, "delivered"))
    for (const auto& system : delivered->GetObject())
      std::printf("  %s had %lld deliveries, and was asked to destroy what they brought\n",
                  system.name.GetString(),
                  static_cast<long long>(system.value.GetInt64()));
  if (number(done, "in_files") > 0)
    std::printf("  %lld lines of the coalition's own files name this person: take them out\n",
                number(done, "in_files"));
  std::printf("  audit entry %lld; receipt %s\n",
              number(done, "entry"),
              std::string(base::text_of(done, "receipt")).c_str());
  std::printf(
      "next: keep the receipt with the order: with both, and only so, that entry shows that this "
      "order was carried out\n");
}

}  // namespace

int expunge_person(const std::string& folder,
                   const Whom& whom,
                   const std::string& order,
                   bool json) {
  auto coalition = load_head(folder);
  if (!coalition) return tell(coalition.error());
  sdk::JsonWriter body;
  body.object().field("person", whom.person).field("system", whom.system);
  body.field("key", whom.key).field("order", order).end();
  auto answer = ask_hub(coalition->data_folder, "POST", "people/expunge", body.text());
  if (!answer) return tell(answer.error());
  auto done = base::read_json(*answer, "answer");
  if (!done) return tell(done.error());
  if (json) {
    std::cout << *answer << "\n";
  } else {
    print(*done);
  }
  const base::JsonValue* unfinished = base::member(*done, "unfinished");
  if (unfinished == nullptr) return EX_OK;
  std::fprintf(stderr,
               "%s.  Next: %s\n",
               std::string(base::text_of(*unfinished, "cause")).c_str(),
               std::string(base::text_of(*unfinished, "next")).c_str());
  return EX_TEMPFAIL;
}

}  // namespace concord::app
