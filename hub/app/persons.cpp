#include "hub/app/persons.hpp"

#include <unistd.h>

#include <concord/json.hpp>
#include <cstdio>
#include <iostream>

#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"

namespace concord::app {
namespace {

constexpr std::chrono::seconds kPatience{180};  // it waits for what is on its way

int64_t number(const base::JsonValue& json, const char* name) {
  const base::JsonValue* found = base::member(json, name);
  return found != nullptr && found->IsInt64() ? found->GetInt64() : 0;
}

// shown: what a dry run told; nullptr: this is one.
std::string body_of(const PersonWords& words, const base::JsonValue* shown) {
  sdk::JsonWriter body;
  body.object().field("survivor", words.person).field("person", words.person);
  body.field("other", words.other).field("system", words.system).field("key", words.key);
  body.field("from", words.from).field("by", words.by).field("why", words.why);
  body.field("anyway", words.anyway).field("dry_run", shown == nullptr);
  if (shown != nullptr) body.field("owed", number(*shown, "owed"));
  body.end();
  return body.text();
}

std::string known_as(const base::JsonValue& told, const char* name) {
  std::string text;
  const base::JsonValue* keys = base::member(told, name);
  if (keys != nullptr && keys->IsArray())
    for (const auto& key : keys->GetArray())
      text += (text.empty() ? "" : ", ") + std::string(base::text_of(key, "system")) + " " +
              std::string(base::text_of(key, "key"));
  return text;
}

// What it changes for recipients, in the same words before and after.
void print_effects(const base::JsonValue& told) {
  const bool done = told["done"].IsTrue();
  const base::JsonValue& systems = told["systems"];
  for (const auto& system : systems.GetArray())
    std::printf("  %-18s %s owed %s, and asked for %s back\n",
                system["system"].GetString(),
                done ? "is" : "will be",
                counted(number(system, "owed"), "delivery", "deliveries").c_str(),
                counted(number(system, "recalled"), "document", "documents").c_str());
  if (systems.Empty()) std::printf("  nothing is owed or asked back by it\n");
  if (number(told, "waiting") + number(told, "withdrawn") > 0)
    std::printf("  %s on the way: decided again; %lld withdrawn for a recall\n",
                counted(number(told, "waiting"), "delivery", "deliveries").c_str(),
                static_cast<long long>(number(told, "withdrawn")));
  if (told["sealed"].IsTrue())
    std::printf("  an order seals or expunges records of one of them; it binds for all\n");
  std::string labels;
  for (const auto& label : told["labels"].GetArray())
    labels += std::string(labels.empty() ? "" : ", ") + label.GetString();
  if (!labels.empty()) std::printf("  documents bear %s: look twice\n", labels.c_str());
}

void print(const base::JsonValue& told) {
  const std::string_view decision = base::text_of(told, "decision");
  const bool done = told["done"].IsTrue();
  const std::string person(base::text_of(told, "person"));
  const std::string other(base::text_of(told, "other"));
  const std::string keys = known_as(told, "keys");
  const std::string rest = known_as(told, "rest");
  if (decision == "merge")
    std::printf("%s: %s (%s) %s %s (%s), with %s\n",
                done ? "merged" : "merge",
                other.c_str(),
                keys.c_str(),
                done ? "is" : "becomes",
                person.c_str(),
                rest.c_str(),
                counted(number(told, "documents"), "document", "documents").c_str());
  else if (decision == "split")
    std::printf("%s: %s %s a person of its own, %s, with %s; %s stays %s\n",
                done ? "split" : "split off",
                keys.c_str(),
                done ? "is" : "becomes",
                done ? other.c_str() : "the hub names it",
                counted(number(told, "documents"), "document", "documents").c_str(),
                rest.c_str(),
                person.c_str());
  else
    std::printf("%s: %s is not %s (%s)\n",
                done ? "kept apart" : "keep apart",
                keys.c_str(),
                person.c_str(),
                rest.c_str());
  if (decision != "apart") print_effects(told);
}

const char* next_of(const base::JsonValue& told) {
  if (number(told, "recalled") > 0) return "concord recall list";
  return "concord status";
}

bool confirmed() {
  std::fputs("do this? [y/N] ", stderr);
  std::string line;
  return std::getline(std::cin, line) && (line == "y" || line == "Y" || line == "yes");
}

}  // namespace

int change_persons(const std::string& folder,
                   const std::string& what,
                   const PersonWords& words,
                   bool json) {
  if (!words.dry_run && !words.yes && (json || isatty(STDIN_FILENO) == 0)) {
    std::fprintf(stderr,
                 "concord person %s: it asks on a terminal, and not with --json.  Next: look with "
                 "--dry-run, then give --yes.\n",
                 what.c_str());
    return EX_USAGE;
  }
  auto coalition = load_head(folder);
  if (!coalition) return tell(coalition.error());
  auto ask = [&](const base::JsonValue* shown) -> base::Result<base::Json> {
    auto answer =
        ask_hub(coalition->data_folder, "POST", "people/" + what, body_of(words, shown), kPatience);
    if (!answer) return std::move(answer).error();
    return base::read_json(*answer, "answer");
  };
  auto shown = ask(nullptr);
  if (!shown) return tell(shown.error());
  if (!json) print(*shown);
  if (words.dry_run) {
    if (json) std::printf("%s\n", base::write_json(*shown).c_str());
    return EX_OK;
  }
  std::fflush(stdout);
  if (!words.yes && !confirmed()) {
    std::fputs("nothing was changed\n", stderr);
    return 1;
  }
  auto done = ask(&*shown);
  if (!done) return tell(done.error());
  if (json) {
    std::printf("%s\n", base::write_json(*done).c_str());
  } else {
    print(*done);
    std::printf("next: %s\n", next_of(*done));
  }
  return EX_OK;
}

CLI::App* PersonLines::line(CLI::App& person, const Add& add, const char* what, const char* help) {
  CLI::App* command = add(
      person, what, help, [this, what] { return change_persons(coalition_, what, words_, json_); });
  command->add_option("--by", words_.by, "Who decides: name or role, for the record");
  command->add_option("--why", words_.why, "Why, for the record; no content of records");
  command->add_flag("--dry-run", words_.dry_run, "Only show what it would change");
  command->add_flag("--yes", words_.yes, "Do not ask");
  return command;
}

void PersonLines::wire(CLI::App& person, const Add& add) {
  CLI::App* merge = line(person, add, "merge", "Two persons are one: the second becomes the first");
  merge->add_option("survivor", words_.person, kPersonWord)->required();
  merge->add_option("other", words_.other, kPersonWord)->required();
  merge->add_flag("--anyway", words_.anyway, "Even where something speaks against it");
  CLI::App* split =
      line(person, add, "split", "This key is a person of its own; what went wrong is asked back");
  split->add_option("system", words_.system, "The system that has this key")->required();
  split->add_option("key", words_.key, "The person's key there")->required();
  split->add_option("--from", words_.from, "Whom it is not; left out: whoever has it now");
  line(person, add, "unmerge", "Take a merge back: this person is there again")
      ->add_option("person", words_.person, "The one who became another, as merge named it")
      ->required();
}

}  // namespace concord::app
