#include "hub/app/evidence_commands.hpp"

#include "hub/app/coalition.hpp"
#include "hub/app/tell.hpp"

namespace concord::app {
namespace {

class Evidence {
 public:
  Evidence(CLI::App& app, Common common) : app_(app), common_(std::move(common)) {}

  void wire() {
    consents();
    CLI::App* orders = group("order", "Court orders that decisions rest on");
    CLI::App* order = one(*orders, "grant", "Put a court order into force", kOrders);
    order->add_option("--id", words_.id, "The order's number");
    child(order);
    order->add_option("--recipient", words_.recipient, "Agency; left out: whoever the court is");
    order->add_option("--field", words_.fields, "As placement.start; may be repeated");
    order->add_option("--kind", words_.kind, "disclosure, part2, unseal, seal or expunge");
    order->add_flag("--parent-party", words_.parent_party, "A parent is party to the matter");
    rest(*orders, kOrders, "A file in the form of orders.yaml");

    CLI::App* roster = group("roster", "Who sits in the team: the right to know");
    CLI::App* seat = one(*roster, "add", "Give an agency a seat", kSeats);
    seat->add_option("--id", words_.id, "Left out: made of agency and role");
    seat->add_option("--agency", words_.agency, "As in agencies.yaml");
    seat->add_option("--role", words_.role, "As \"case coordinator\"");
    rest(*roster, kSeats, "A file in the form of roster.yaml");

    CLI::App* assignments = group("assignment", "Who works with which child: the need to know");
    CLI::App* assignment = one(*assignments, "add", "Assign an agency to a child", kAssignments);
    assignment->add_option("--id", words_.id, "Left out: made of agency, child and start");
    assignment->add_option("--agency", words_.agency, "As in agencies.yaml");
    child(assignment);
    rest(*assignments, kAssignments, "CSV as assignments.csv; or YAML or JSON: assignments:");
  }

 private:
  using Use = std::function<int(const model::Coalition&)>;

  CLI::App* add(CLI::App& to, const char* name, const char* help, std::function<int()> run) {
    CLI::App* command = to.add_subcommand(name, help);
    command->fallthrough();
    command->footer(common_.footer);
    command->callback([this, run = std::move(run)] { common_.run(run); });
    return command;
  }
  CLI::App* group(const char* name, const char* help) {
    CLI::App* command = app_.add_subcommand(name, help);
    command->require_subcommand(1);
    command->fallthrough();
    command->footer(common_.footer);
    return command;
  }
  std::function<int()> with(Use use) {
    return [this, use = std::move(use)] {
      auto coalition = load_head(common_.coalition);
      return coalition ? use(*coalition) : tell(coalition.error());
    };
  }
  Saving how() {
    saving_.json = common_.json;
    return saving_;
  }
  void saving(CLI::App* command) {
    command->add_flag("--as-is", saving_.as_is, "Save it although something is missing");
    command->add_flag("--dry-run", saving_.dry_run, "Say what is missing, and save nothing");
  }
  void child(CLI::App* command) {
    command->add_option("--system", words_.system, "Whose key names the child");
    command->add_option("--child", words_.child, "The child's key in that system");
  }
  CLI::App* one(CLI::App& to, const char* name, const char* help, const PieceKind& kind) {
    CLI::App* command = add(to, name, help, [this, &kind] {
      return add_piece(common_.coalition, kind, words_, how());
    });
    command->add_option("--start", words_.start, "A day or an instant; left out: always");
    command->add_option("--end", words_.end, "A day, which counts whole, or an instant");
    saving(command);
    return command;
  }
  // end, list, import.
  void rest(CLI::App& to, const PieceKind& kind, const char* file) {
    add(to, "end", "End one; returns when nothing can start under it", with([this, &kind](auto& c) {
          return end_piece(c, kind, id_, common_.json);
        }))
        ->add_option("id", id_, "As list shows it")
        ->required();
    add(to, "list", "All of them", with([this, &kind](auto& c) {
          return list_pieces(c, kind, common_.json);
        }));
    CLI::App* import =
        add(to, "import", "Put all of a file in force, or none of it", [this, &kind] {
          return import_pieces(common_.coalition, kind, file_, how());
        });
    import->add_option("file", file_, file)->required();
    saving(import);
  }

  void consents() {
    CLI::App* consent = group("consent", "Consents that decisions rest on");
    CLI::App* grant = add(*consent, "grant", "Put a consent into force", [this] {
      return import_pieces(common_.coalition, kConsents, file_, how());
    });
    grant->add_option("file", file_, "YAML in the form of consents/*.yaml; see examples/coalition")
        ->required();
    saving(grant);
    add(*consent,
        "revoke",
        "Revoke one; returns when nothing can start under it",
        with([this](auto& c) { return end_piece(c, kConsents, id_, common_.json); }))
        ->add_option("id", id_, "The consent's id, as consent list shows it")
        ->required();
    add(*consent, "list", "All of them", with([this](auto& c) {
      return list_pieces(c, kConsents, common_.json);
    }));
    CLI::App* import =
        add(*consent, "import", "Put FHIR R4 consents into force; none that is ambiguous", [this] {
          return import_fhir(common_.coalition, file_, system_, how());
        });
    import->add_option("file", file_, "A Consent, or a Bundle of them, as JSON")->required();
    import->add_option("--system", system_, "Whose patients' ids they name, as in systems/")
        ->required();
    saving(import);
  }

  CLI::App& app_;
  Common common_;
  PieceWords words_;
  Saving saving_;
  std::string id_, file_, system_;
};

}  // namespace

std::shared_ptr<void> wire_evidence(CLI::App& app, const Common& common) {
  auto wiring = std::make_shared<Evidence>(app, common);
  wiring->wire();
  return wiring;
}

}  // namespace concord::app
