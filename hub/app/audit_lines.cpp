#include "hub/app/audit_lines.hpp"

namespace concord::app {

void AuditLines::whom(CLI::App* command) {
  command->add_option_function<std::string>(
      "person",
      [this](const std::string& word) {
        const size_t colon = word.find(':');
        if (colon == std::string::npos) {
          whom_.person = word;
        } else {
          whom_.system = word.substr(0, colon);
          whom_.key = word.substr(colon + 1);
        }
      },
      kPersonWord);
  command->add_option("--system", whom_.system, "Or: the system that has this key")
      ->needs(command->add_option("--key", whom_.key, "The person's key there"));
}

void AuditLines::wire(CLI::App& audit, const Add& add) {
  add(audit, "verify", "Check it whole; exit 1 if something was tampered with", [this] {
    return verify_audit(coalition_, file_, json_);
  })->add_option("--head", file_, "Heads that a witness kept, one a line");
  add(audit, "head", "The newest signed head, for witnesses to keep", [this] {
    return show_head(coalition_);
  });
  CLI::App* prove = add(audit, "prove", "A proof that stands by itself", [this] {
    return file_.empty() ? prove_entry(coalition_, entry_) : prove_head(coalition_, file_);
  });
  auto* entry = prove->add_option("entry", entry_, "That this entry is in the audit");
  prove->add_option("--head", file_, "That the newest head goes on from this older one")
      ->excludes(entry);
  add(audit, "check", "Check a proof; needs no hub", [this] { return check_proof(file_, json_); })
      ->add_option("file", file_, "As audit prove prints it; -: stdin")
      ->required();
  CLI::App* disclosures =
      add(audit, "disclosures", "What of a person went to whom, when, for what", [this] {
        return list_disclosures(coalition_, whom_, since_, json_);
      });
  whom(disclosures);
  disclosures->add_option("--since", since_, "From this date on");
}

void AuditLines::wire_expunge(CLI::App& person, const Add& add) {
  CLI::App* expunge = add(person,
                          "expunge",
                          "Destroy a person's key and all that leads to the person, by order",
                          [this] { return expunge_person(coalition_, whom_, order_, json_); });
  whom(expunge);
  expunge->add_option("--order", order_, "The order's id; kept only as a digest")->required();
}

}  // namespace concord::app
