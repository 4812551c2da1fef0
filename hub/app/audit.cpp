// concord audit verify, head, prove, check: beside a running hub or on a stopped one.
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "hub/app/coalition.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/audit/proof.hpp"
#include "hub/base/files.hpp"
#include "hub/store/store.hpp"

namespace concord::app {
namespace {

constexpr size_t kHeadsFileMax = 1u << 30;
constexpr size_t kProofMax = 1u << 20;

base::Result<std::unique_ptr<store::Store>, base::Errors> store_of(const std::string& folder,
                                                                   bool sign_now) {
  auto coalition = load_head(folder);
  if (!coalition) return std::move(coalition).error();
  // What a running hub has added since its last head is signed now; without one, it signed at its
  // end.
  if (sign_now) (void)ask_hub(coalition->data_folder, "POST", "audit/head");
  auto store = store::Store::open(coalition->data_folder, store::Open::read);
  if (!store) return base::Errors{std::move(store).error()};
  return std::move(*store);
}

base::Result<std::vector<audit::Head>> heads_in(const std::string& file) {
  auto text = base::read_file(file, kHeadsFileMax);
  if (!text) return std::move(text).error();
  std::vector<audit::Head> heads;
  size_t from = 0;
  for (int line = 1; from < text->size(); ++line) {
    const size_t to = std::min(text->find('\n', from), text->size());
    const auto written = std::string_view(*text).substr(from, to - from);
    // A hub that died in the middle of a line began it anew.
    if (written.ends_with('}')) {
      auto head = audit::read_head(written);
      if (!head) {
        head.error().place = file + ":" + std::to_string(line);
        return std::move(head).error();
      }
      heads.push_back(std::move(*head));
    }
    from = to + 1;
  }
  if (heads.empty())
    return base::bad_record(
        "AUDIT_HEAD", file, "there is no head in it", "see: concord audit head");
  return heads;
}

// A writer of JSON cannot put JSON in as it stands; errors and heads are JSON already.
void print_json(const audit::Report& report) {
  std::cout << "{\"whole\":" << (report.faults.empty() ? "true" : "false")
            << ",\"entries\":" << report.entries << ",\"heads\":" << report.heads.size()
            << ",\"witnesses\":" << report.witnesses.size();
  if (!report.heads.empty()) std::cout << ",\"newest\":" << audit::to_json(report.heads.back());
  std::cout << ",\"faults\":" << errors_json(report.faults) << "}\n";
}

void print(const audit::Report& report) {
  if (report.faults.empty()) {
    std::printf("the audit is whole: %llu entries, %zu signed heads",
                static_cast<unsigned long long>(report.entries),
                report.heads.size());
    if (!report.witnesses.empty())
      std::printf("; it agrees with %zu heads of the witness, up to %llu entries",
                  report.witnesses.size(),
                  static_cast<unsigned long long>(report.witnesses.back().size));
    std::printf("\n");
    if (report.witnesses.empty())
      std::printf(
          "next: an older store put back whole shows only against a head that somebody else kept: "
          "concord audit verify --head FILE\n");
    return;
  }
  std::printf("THE AUDIT WAS TAMPERED WITH, or is damaged: %llu entries, %zu faults\n",
              static_cast<unsigned long long>(report.entries),
              report.faults.size());
  for (const base::Error& fault : report.faults)
    std::printf("  %s: %s\n", fault.place.c_str(), fault.cause.c_str());
  std::printf("next: %s\n", report.faults.front().next.c_str());
}

base::Result<std::vector<audit::Hash>> leaf_hashes(store::Store& store, uint64_t size) {
  std::vector<audit::Hash> hashes;
  auto read = store.each_leaf([&](uint64_t number, std::string_view leaf) {
    if (number < size) hashes.push_back(audit::leaf_hash(leaf));
    return number + 1 < size;
  });
  if (!read) return std::move(read).error();
  if (hashes.size() < size)
    return base::fatal_error("AUDIT_CUT",
                             "audit",
                             "there are fewer entries than its newest head names",
                             "see: concord audit verify");
  return hashes;
}

base::Error not_signed() {
  return base::retry_error("NOT_SIGNED",
                           "audit",
                           "no signed head covers this yet",
                           "ask again in a minute, while the hub runs");
}

}  // namespace

int verify_audit(const std::string& folder, const std::string& head_file, bool json) {
  std::vector<audit::Head> witnesses;
  if (!head_file.empty()) {
    auto heads = heads_in(head_file);
    if (!heads) return tell(heads.error());
    witnesses = std::move(*heads);
  }
  auto store = store_of(folder, false);
  if (!store) return tell(store.error());
  auto report = (*store)->check_audit(witnesses);
  if (!report) return tell(report.error());
  if (json) {
    print_json(*report);
  } else {
    print(*report);
  }
  return report->faults.empty() ? EX_OK : 1;
}

int show_head(const std::string& folder) {
  auto store = store_of(folder, true);
  if (!store) return tell(store.error());
  auto head = (*store)->newest_head();
  if (!head) return tell(head.error());
  if (!*head) return tell(not_signed());
  std::cout << audit::to_json(**head) << "\n";
  std::fprintf(stderr,
               "%llu entries, signed at %s.  Next: let somebody else keep this line\n",
               static_cast<unsigned long long>((**head).size),
               base::to_text((**head).at).c_str());
  return EX_OK;
}

int prove_entry(const std::string& folder, int64_t entry) {
  auto store = store_of(folder, true);
  if (!store) return tell(store.error());
  auto head = (*store)->newest_head();
  if (!head) return tell(head.error());
  if (!*head || entry >= static_cast<int64_t>((**head).size)) return tell(not_signed());
  if (entry < 0)
    return tell(base::config_error(
        "ENTRY_MISSING", "audit prove", "no entry is named", "name its number, from 0 on"));
  const auto number = static_cast<uint64_t>(entry);
  auto hashes = leaf_hashes(**store, (**head).size);
  if (!hashes) return tell(hashes.error());
  std::string leaf;
  auto read = (*store)->each_leaf([&](uint64_t at, std::string_view bytes) {
    if (at == number) leaf = bytes;
    return at < number;
  });
  if (!read) return tell(read.error());
  std::cout << audit::to_json(
                   audit::Inclusion{number, leaf, audit::inclusion_of(number, *hashes), **head})
            << "\n";
  return EX_OK;
}

int prove_head(const std::string& folder, const std::string& head_file) {
  auto before = heads_in(head_file);
  if (!before) return tell(before.error());
  auto store = store_of(folder, true);
  if (!store) return tell(store.error());
  auto head = (*store)->newest_head();
  if (!head) return tell(head.error());
  const audit::Head& old = before->back();
  if (!*head || old.size > (**head).size) return tell(not_signed());
  auto hashes = leaf_hashes(**store, (**head).size);
  if (!hashes) return tell(hashes.error());
  const audit::Consistency proof{old, audit::consistency_of(old.size, *hashes), **head};
  if (auto fault = audit::fault_of(proof)) {
    tell(*fault);
    return 1;
  }
  std::cout << audit::to_json(proof) << "\n";
  return EX_OK;
}

int check_proof(const std::string& file, bool json) {
  auto text =
      file == "-"
          ? base::Result<std::string>(std::string(std::istreambuf_iterator<char>(std::cin), {}))
          : base::read_file(file, kProofMax);
  if (!text) return tell(text.error());
  auto proof = audit::read_proof(*text);
  if (!proof) return tell(proof.error());
  const auto fault = audit::fault_of(*proof);
  const audit::Head& head =
      std::visit([](const auto& p) -> const audit::Head& { return p.head; }, *proof);
  if (json) {
    std::cout << "{\"proves\":" << (fault ? "false" : "true")
              << ",\"faults\":" << errors_json(fault ? base::Errors{*fault} : base::Errors{})
              << "}\n";
  } else if (fault) {
    std::printf("it proves nothing: %s\n", fault->cause.c_str());
  } else if (const auto* in = std::get_if<audit::Inclusion>(&*proof)) {
    std::printf("it proves that this is entry %llu of the audit:\n  %s\n",
                static_cast<unsigned long long>(in->number),
                in->leaf.c_str());
  } else {
    std::printf("it proves that the later head goes on from the earlier one\n");
  }
  if (!fault && !json)
    std::printf("next: see that the head's key is the hub's: %s\n", base::hex(head.key).c_str());
  return fault ? 1 : EX_OK;
}

}  // namespace concord::app
