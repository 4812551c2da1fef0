// concord: one binary, a subcommand for each thing that people ask of a hub. Wires command lines to
// functions; decides nothing.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <iostream>

#include "hub/app/audit_lines.hpp"
#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/evidence_commands.hpp"
#include "hub/app/installing.hpp"
#include "hub/app/mandates.hpp"
#include "hub/app/operate.hpp"
#include "hub/app/persons.hpp"
#include "hub/app/recalls.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/wrong_words.hpp"

namespace concord::app {
namespace {

using Run = std::function<int()>;

constexpr const char* kAlso =
    "Everywhere: -C FOLDER, the coalition's folder; --json. Exit codes: concord --help";

// What the options of all subcommands are written to.
struct Words {
  std::string coalition = ".";
  bool json = false, dry_run = false, yes = false, wait = false, rewrite = false, all = false;
  std::string what, system, key, person, file, why, how, outcome, type, into;
  std::vector<std::string> policy, connectors;
  MatrixWords matrix;
  KitRun kit;
  int64_t id = 0;
  int most = 50;
  Run run;
};

class Wiring {
 public:
  Wiring(CLI::App& app, Words& words) : app_(app), w_(words) {
    app.add_option(
           "-C,--coalition", w_.coalition, "The coalition's folder, which holds concord.yaml")
        ->envname("CONCORD_COALITION")
        ->capture_default_str();
    app.add_flag("--json", w_.json, "Answer in JSON");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", "concord " CONCORD_VERSION);
    app.footer(kExitCodes);
  }

  void wire() {
    hub();
    deliveries();
    recalls();
    mandates();
    evidence_ = wire_evidence(
        app_, {w_.coalition, w_.json, [this](Run run) { w_.run = std::move(run); }, kAlso});
    people();
    audit_.wire(*group("audit", "The tamper-evident chain of decisions and disclosures"), adding());
    mappings();
    rules();
    connectors();
  }

 private:
  CLI::App* add(CLI::App& to, const char* name, const char* help, Run run) {
    CLI::App* command = to.add_subcommand(name, help);
    command->fallthrough();
    command->footer(kAlso);
    command->callback([this, run = std::move(run)] { w_.run = run; });
    return command;
  }
  CLI::App* group(const char* name, const char* help) {
    CLI::App* command = app_.add_subcommand(name, help);
    command->require_subcommand(1);
    command->fallthrough();
    command->footer(kAlso);
    return command;
  }
  AuditLines::Add adding() {
    return [this](CLI::App& to, const char* name, const char* help, Run run) {
      return add(to, name, help, std::move(run));
    };
  }
  void number(CLI::App* command) {
    command->add_option("id", w_.id, "The delivery's number, as delivery list shows it")
        ->required();
  }
  // For commands that ask a running hub, or look into its store.
  Run with(std::function<int(const model::Coalition&)> use) {
    return [this, use = std::move(use)] {
      auto coalition = load_head(w_.coalition);
      return coalition ? use(*coalition) : tell(coalition.error());
    };
  }

  void hub() {
    add(app_, "serve", "Run the hub until SIGTERM", [this] {
      return serve_coalition(w_.coalition);
    });
    add(app_, "check", "Report every fault of the coalition", [this] {
      return check_coalition(w_.coalition, w_.json);
    });
    add(app_, "status", "Is anything stuck, since when, whose move is it", with([this](auto& c) {
          return show_status(c, w_.json);
        }));
    CLI::App* apply =
        add(app_, "apply", "Show what differs in the running hub, and apply it", [this] {
          return apply_coalition(w_.coalition, {w_.dry_run, w_.yes, w_.json});
        });
    apply->add_flag("--dry-run", w_.dry_run, "Only show");
    apply->add_flag("--yes", w_.yes, "Do not ask");
    add(app_,
        "ledger",
        "What became of every record; exit 1 if it does not balance",
        with([this](auto& c) { return show_ledger(c, w_.json); }));
    CLI::App* run = add(app_, "run", "Run a job now", with([this](auto& c) {
                          return run_job(c, w_.what, w_.wait, w_.json);
                        }));
    run->add_option("job", w_.what, "The job's id, as status shows it")->required();
    run->add_flag("--wait", w_.wait, "Until it has ended; the exit code is the run's");
    CLI::App* record = group("record", "Records that were rejected or parked");
    add(*record, "list", "Which they are, and why", with([this](auto& c) {
      return list_records(c, w_.system, w_.json);
    }))->add_option("--system", w_.system, "Of this system only");
    add(*record, "again", "Take them up again, after the cause was mended", with([this](auto& c) {
      return take_up_again(c, w_.system, w_.json);
    }))->add_option("--system", w_.system, "Of this system only");
  }

  void deliveries() {
    CLI::App* delivery = group("delivery", "Deliveries, one by one");
    CLI::App* list = add(*delivery, "list", "The newest first", with([this](auto& c) {
      return list_deliveries(c, w_.outcome, w_.most, w_.json);
    }));
    list->add_option("--outcome", w_.outcome, "waiting, delivered, withheld, rejected or parked");
    list->add_option("--most", w_.most, "How many")
        ->capture_default_str()
        ->check(CLI::Range(1, 10000));
    number(add(*delivery, "show", "What became of one", with([this](auto& c) {
      return show_delivery(c, w_.id, w_.json);
    })));
    number(add(*delivery, "retry", "Try a parked one again now", with([this](auto& c) {
      return retry_delivery(c, w_.id, w_.json);
    })));
    number(add(app_, "explain", "Why a delivery was released or withheld, in words", [this] {
      return explain_delivery(w_.coalition, w_.id, w_.json);
    }));
    CLI::App* drop =
        add(*delivery, "drop", "Give a parked one up; its lane goes on", with([this](auto& c) {
          return drop_delivery(c, w_.id, w_.why, w_.json);
        }));
    number(drop);
    drop->add_option("--why", w_.why, "For the ledger; no content of records")->required();
  }

  void recalls() {
    CLI::App* recall = group("recall", "What was given and is asked back");
    CLI::App* list =
        add(*recall, "list", "Those that are open; exit 1 if one is late", with([this](auto& c) {
          return list_recalls(c, w_.all, w_.json);
        }));
    list->add_flag("--all", w_.all, "Also those that are done");
    CLI::App* attest =
        add(*recall, "attest", "The agency says that it is done", with([this](auto& c) {
          return attest_recall(c, w_.id, w_.why);
        }));
    attest->add_option("id", w_.id)->required();
    attest->add_option("--by", w_.why, "Who says so: name or role at the agency")->required();
  }

  void mandates() {
    CLI::App* mandate = group("mandate", "What the law has reported within a time");
    CLI::App* list =
        add(*mandate, "list", "Whose clock runs; exit 1 if one is late", with([this](auto& c) {
          return list_mandates(c, w_.all, w_.json);
        }));
    list->add_flag("--all", w_.all, "Also those that are done, with the proof");
    CLI::App* attest =
        add(*mandate, "attest", "It was reported by phone, or otherwise", with([this](auto& c) {
          return attest_mandate(c, w_.what, w_.why, w_.how, w_.json);
        }));
    attest->add_option("id", w_.what, "As list shows it")->required();
    attest->add_option("--by", w_.why, "Who says so: name or role")->required();
    attest->add_option("--how", w_.how, "To whom, and how; no content of records")->required();
  }

  void people() {
    CLI::App* person = group("person", "Who is who");
    add(*person, "review", "Records that nobody is sure of, and who they may be about", [this] {
      return list_reviews(w_.coalition, w_.json);
    });
    auto key = [this](CLI::App* command) {
      command->add_option("system", w_.system, "A system's id, as person review names it")
          ->required();
      command->add_option("key", w_.key, "The person's key in that system")->required();
    };
    CLI::App* link = add(*person, "link", "This key is that person", with([this](auto& c) {
      return answer_review(c, {model::SystemId(w_.system), w_.key}, w_.person, w_.json);
    }));
    key(link);
    link->add_option("person", w_.person, "As person review names it")->required();
    key(add(*person, "new", "This key is a person of its own", with([this](auto& c) {
      return answer_review(c, {model::SystemId(w_.system), w_.key}, "", w_.json);
    })));
    persons_.wire(*person, adding());
    audit_.wire_expunge(*person, adding());
  }

  void mappings() {
    CLI::App* map = group("map", "Mapping tables");
    CLI::App* test = add(*map, "test", "Run every row's example, and the golden files", [this] {
      return with_mappings(
          [this](const Folders& folders) { return test_mappings(folders, w_.rewrite, w_.json); });
    });
    test->add_option("folder", w_.what, "Tables; left out: the coalition's, else those installed");
    test->add_flag("--rewrite", w_.rewrite, "Make what came the golden files' want.json");
    add(*map, "lint", "Every fault of every table", [this] {
      return with_mappings(
          [this](const Folders& folders) { return lint_mappings(folders, w_.json); });
    })->add_option("folder", w_.what, "Tables; left out: the coalition's, else those installed");
    CLI::App* preview = add(*map, "preview", "What a record becomes", [this] {
      return preview_mapping(w_.coalition, w_.system, w_.type, w_.file, w_.json);
    });
    preview->add_option("system", w_.system, "A system's id, as in systems/")->required();
    preview->add_option("type", w_.type, "Record type, as placement; connector check lists them")
        ->required();
    preview->add_option("file", w_.file, "A record as JSON; -: stdin")->required();
  }

  void rules() {
    auto policy_option = [this](CLI::App* command) {
      command->add_option("--policy", w_.policy, "Folder of rule packs; may be repeated");
    };
    policy_option(add(app_, "decide", "Decide requests: JSON lines from stdin to stdout", [this] {
      return with_policy([](const Folders& folders) { return decide_requests(folders); });
    }));
    CLI::App* policy = group("policy", "Rule packs");
    policy_option(add(*policy, "test", "Run each pack's own cases", [this] {
      return with_policy([this](const Folders& folders) { return test_policy(folders, w_.json); });
    }));
    policy_option(add(*policy, "list", "Packs, their rules, and who reviewed them", [this] {
      return with_policy([this](const Folders& folders) { return list_policy(folders, w_.json); });
    }));
    CLI::App* matrix = add(*policy, "matrix", "Who may get what about a child like this", [this] {
      w_.matrix.json = w_.json;
      return with_policy(
          [this](const Folders& folders) { return show_matrix(folders, w_.matrix); });
    });
    policy_option(matrix);
    matrix->add_option("--age", w_.matrix.age, "Years; left out: 15")->check(CLI::Range(0, 120));
    matrix->add_option("--jurisdiction", w_.matrix.jurisdiction, "US, or US-XX");
    matrix->add_option("--fact", w_.matrix.facts, "A fact on file; may be repeated");
    matrix->add_flag("--html", w_.matrix.html, "As a page of its own");
  }

  void connectors() {
    CLI::App* connector = group("connector", "Connector plugins");
    CLI::App* inspect =
        add(*connector, "inspect", "What a connector is and can do; opens no library", [this] {
          return with_folders(w_.connectors,
                              &model::Coalition::connector_folders,
                              &Places::connectors,
                              [this](const Folders& folders) {
                                return inspect_connector(w_.what, folders, w_.json);
                              });
        });
    inspect->add_option("what", w_.what, "A connector's id, or its folder")->required();
    inspect->add_option("--connectors", w_.connectors, "Folder of connectors; may be repeated");
    CLI::App* create =
        add(*connector, "new", "A connector project that builds as it stands", [this] {
          return new_connector(w_.what, w_.into, places_of_binary().share);
        });
    create->add_option("id", w_.what, "Its name, as youth_shelter")->required();
    create->add_option("--into", w_.into, "Its folder; otherwise ./<id>");
    CLI::App* test = add(*connector, "test", "Run the conformance kit on a connector", [this] {
      return with_folders(w_.connectors,
                          &model::Coalition::connector_folders,
                          &Places::connectors,
                          [this](const Folders& folders) {
                            w_.kit.share = places_of_binary().share;
                            w_.kit.json = w_.json;
                            w_.kit.coalition = w_.coalition;
                            return test_connector(w_.kit, folders);
                          });
    });
    test->add_option("what", w_.kit.what, "Its library, manifest, folder or id");
    test->add_option("--config", w_.kit.config, "What to try it with")->capture_default_str();
    test->add_option("--check", w_.kit.checks, "Only checks whose name begins so; may be repeated");
    test->add_option(
        "--report", w_.kit.reports, "JUnit (.xml) or JSON (.json) file; may be repeated");
    test->add_option("--jobs", w_.kit.jobs, "Checks at once; 0: one a processor");
    test->add_option("--seed", w_.kit.seed, "That of an earlier run, to repeat it");
    test->add_option("--keep", w_.kit.keep, "Folder for what failed checks left behind");
    test->add_flag("--sign", w_.kit.sign, "Put the result beside the manifest, signed by this hub");
    test->add_flag("--list", w_.kit.list, "Name checks and commands, and run none");
    add(*connector,
        "check",
        "Does the system answer, and with which record types",
        [this] { return check_system(w_.coalition, w_.system, w_.json); })
        ->add_option("system", w_.system, "A system's id, as in systems/")
        ->required();
    add(*connector,
        "release",
        "Start a system's runner again that was given up on",
        with([this](auto& c) { return release_runner(c, w_.system); }))
        ->add_option("system", w_.system)
        ->required();
    installing(*connector);
  }

  void installing(CLI::App& connector) {
    add(connector,
        "install",
        "Put a connector beside the versions that are there",
        [this] { return install_connector(w_.coalition, w_.what, w_.json); })
        ->add_option("what", w_.what, "Its folder, manifest or library")
        ->required();
    add(connector, "list", "Which are installed, who vouches for them, what runs them", [this] {
      return list_connectors(w_.coalition, w_.json);
    });
    CLI::App* upgrade = add(connector, "upgrade", "Run another version, or go back to one", [this] {
      return upgrade_connector(w_.coalition, w_.what, w_.into, w_.json);
    });
    upgrade->add_option("id", w_.what, "The connector's id")->required();
    upgrade->add_option("--to", w_.into, "The version; otherwise the newest installed");
    add(connector,
        "remove",
        "Take an installed version away",
        [this] { return remove_connector(w_.coalition, w_.what, w_.json); })
        ->add_option("what", w_.what, "As court@1.2.0")
        ->required();
    add(connector,
        "key",
        "Make a publisher's key",
        [this] { return new_publisher_key(w_.file, w_.json); })
        ->add_option("file", w_.file, "A new file for the secret key")
        ->required();
    CLI::App* sign = add(connector, "sign", "Sign a connector as its publisher", [this] {
      return sign_connector(w_.what, w_.file, w_.json);
    });
    sign->add_option("what", w_.what, "Its folder, manifest or library")->required();
    sign->add_option("--key", w_.file, "File of the publisher's secret key")->required();
  }

  // Folders said on the command line, else by the coalition where there is one, else those beside
  // the binary.
  using Folders = std::vector<std::string>;
  int with_folders(const Folders& said,
                   Folders model::Coalition::*of_coalition,
                   Folders Places::*otherwise,
                   const std::function<int(const Folders&)>& use) {
    if (!said.empty()) return use(said);
    std::error_code ignored;
    if (!std::filesystem::exists(w_.coalition + "/concord.yaml", ignored))
      return use(places_of_binary().*otherwise);
    auto coalition = load_coalition(w_.coalition);
    return coalition ? use((*coalition).*of_coalition) : tell(coalition.error());
  }
  int with_policy(const std::function<int(const Folders&)>& use) {
    return with_folders(w_.policy, &model::Coalition::policy_folders, &Places::policy, use);
  }
  int with_mappings(const std::function<int(const Folders&)>& use) {
    const Folders said = w_.what.empty() ? Folders{} : Folders{w_.what};
    return with_folders(said, &model::Coalition::mapping_folders, &Places::mappings, use);
  }

  CLI::App& app_;
  Words& w_;
  AuditLines audit_{w_.coalition, w_.json};
  PersonLines persons_{w_.coalition, w_.json};
  std::shared_ptr<void> evidence_;
};

int run(int argc, char** argv) {
  CLI::App app{"Concord: a consent-governed integration hub", "concord"};
  Words words;
  Wiring wiring(app, words);  // a name, for it is called back long after this line
  wiring.wire();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    const bool help = fault.get_exit_code() == 0;
    return help ? app.exit(fault, std::cout, std::cerr) : complain(app, fault);
  }
  return words.run ? words.run() : EX_USAGE;
}

}  // namespace
}  // namespace concord::app

int main(int argc, char** argv) {
  return concord::app::run(argc, argv);
}
