// Reading and acknowledging: the checkpoint is "at:" and the number of the next line.
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <concord/page.hpp>
#include <concord/time.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "tests/kit/broken/connector.hpp"
#include "tests/kit/broken/fault.hpp"

namespace concord::broken {
namespace {

std::atomic<int> g_reads{0};
std::atomic<int> g_full_readers{0};

sdk::Error foreign(std::string_view type) {
  return sdk::config_error("CHECKPOINT", std::string(type), "it is not one of mine", "reset it");
}

std::optional<size_t> position(std::string_view checkpoint) {
  if (checkpoint.empty()) return 0;
  if (!checkpoint.starts_with("at:")) return std::nullopt;
  checkpoint.remove_prefix(3);
  checkpoint = checkpoint.substr(0, checkpoint.find(' '));
  size_t at = 0;
  const auto [end, bad] =
      std::from_chars(checkpoint.data(), checkpoint.data() + checkpoint.size(), at);
  if (bad != std::errc{} || end != checkpoint.data() + checkpoint.size()) return std::nullopt;
  return at;
}

}  // namespace

void Broken::leak() {
  if (breaks("process.threads_are_stable") && reads_ % 100 == 0)
    std::thread([] { std::this_thread::sleep_for(std::chrono::seconds(30)); }).detach();
  if (breaks("process.descriptors_are_stable") && reads_ % 50 == 0) (void)::dup(0);
  if (breaks("process.memory_is_stable")) {
    auto* lost = new std::string(65536, 'x');
    lost->front() = 'y';
  }
}

void Broken::meddle() {
  if (breaks("process.signal_handlers")) std::signal(SIGUSR1, SIG_IGN);
  if (breaks("process.umask")) ::umask(0);
  if (breaks("process.working_folder")) (void)!::chdir("/");
  if (breaks("process.locale")) ::setlocale(LC_ALL, "C.UTF-8");
  if (breaks("process.environment")) ::setenv("CONCORD_BROKEN", "1", 1);
  if (breaks("process.leaves_no_child") && reads_ == 1 && ::fork() == 0) {
    ::sleep(30);
    ::_exit(0);
  }
  if (breaks("process.writes_only_its_own")) system_.put("../stray", "x");
  if (breaks("log.prints_nothing")) std::fputs("reading\n", stderr);
}

sdk::Result<sdk::Batch> Broken::read(std::string_view type,
                                     std::string_view checkpoint,
                                     const sdk::Limits& limits,
                                     const sdk::Call& call) {
  ++reads_;
  const bool first_of_process = g_reads++ == 0;
  leak();
  meddle();
  if (enter()) return sdk::retry("SLIP", "read", "this is the fault", "mend it");
  if (type != "person") {
    if (breaks("read.unknown_type")) return sdk::Batch{};
    return sdk::config_error(
        "RECORD_TYPE", std::string(type), "there is none of this name", "use person");
  }
  if (breaks("deadline.cancelled_before_it_began") && call.cancelled())
    return sdk::Error{sdk::ErrorClass::fatal, "SLIP", "read", "this is the fault", "mend it"};
  auto at = position(checkpoint);
  if (!at && breaks("read.foreign_checkpoint")) at = 0;
  if (!at) return foreign(type);
  if (auto error = system_.answer("read", call)) {
    skip_next_ = breaks("error.loses_nothing");
    return *std::move(error);
  }
  call.log(0, breaks("log.events_are_short") ? "Reading Persons" : "read.began", "{\"n\":1}");

  const auto lines = system_.feed();
  if (*at > lines.size() && breaks("read.future_checkpoint"))
    return sdk::Error{sdk::ErrorClass::fatal, "SLIP", "read", "this is the fault", "mend it"};
  size_t next = *at;
  const bool fresh = reads_ == 1;
  if (breaks("read.resumes_at_each_checkpoint") && fresh && next == 4) next = 5;
  if (breaks("read.resumes_without_starting_over") && fresh && next == 8) next = 0;
  if (breaks("read.killed_mid_batch")) {
    if (system_.has("taken") && first_of_process && next == 0) next = 2;
    if (first_of_process && limits.records_max == 2) system_.put("taken", "2");
  }
  if (breaks("read.changes_nothing") && next == 0 && limits.records_max == 500 &&
      limits.body_bytes_max > 1'000'000) {
    if (fresh && g_full_readers > 0) next = 1;
    if (fresh) ++g_full_readers;
  }
  if (skip_next_) ++next;
  skip_next_ = false;
  const std::string pruned = system_.get("pruned");
  if (!pruned.empty()) next = std::max<size_t>(next, std::stoul(pruned));
  const bool at_end = next >= lines.size();
  if (at_end && !lines.empty() && *at == lines.size()) {
    const bool again = (breaks("read.second_run_brings_nothing") && acks_ == 0) ||
                       (breaks("ack.then_nothing_comes_again") && at_end_was_acked_);
    if (again) next = lines.size() - 1;
  }
  uint32_t room = std::min(limits.records_max, given_.page_size);
  if (breaks("read.keeps_the_limit") && limits.records_max == 7) room = 8;
  if (breaks("read.first")) room = 0;

  sdk::Batch batch;
  for (; next < lines.size() && batch.records.size() + batch.rejects.size() < room; ++next)
    add_line(lines[next], next + 1, type, limits, batch);
  if (breaks("read.page_boundaries") && limits.records_max == 13)
    std::reverse(batch.records.begin(), batch.records.end());
  if (breaks("read.repeats") && limits.records_max == 3 && reads_ % 2 == 0 &&
      !batch.records.empty())
    batch.records[0].body = "{}";
  batch.more = next < lines.size() && room > 0;
  batch.checkpoint = "at:" + std::to_string(std::max(next, *at));
  if (breaks("read.checkpoint_rests") && at_end) batch.checkpoint += " " + std::to_string(reads_);
  return batch;
}

void Broken::add_line(const std::string& line,
                      size_t number,
                      std::string_view type,
                      const sdk::Limits& limits,
                      sdk::Batch& batch) {
  const std::string origin = "feed.jsonl:" + std::to_string(number);
  rapidjson::Document item;
  sdk::JsonFault fault;
  if (!sdk::parse_json(line, item, fault, {.bytes_max = 64u << 20})) {
    const bool encoding = fault.code == "JSON_ENCODING";
    if (breaks(encoding ? "record.invalid_utf8" : "record.malformed")) return;
    sdk::Error error = sdk::bad_record(fault.code, origin, fault.cause, "mend it there");
    if (breaks("error.no_content") && !encoding) error.cause += ": Example-Testfamily";
    sdk::add_reject(batch, std::string(type), "", line, std::move(error), limits);
    return;
  }
  sdk::Record record;
  record.type = type;
  record.key = sdk::text_of(item, "id");
  record.version = sdk::text_of(item, "version");
  record.origin = origin;
  record.deleted = item.HasMember("deleted");
  const std::string changed(sdk::text_of(item, "changed_at"));
  if (auto at = sdk::read_instant(changed)) record.changed_at_us = at->us;
  if (!record.deleted) {
    auto& body = item["record"];
    if (breaks("record.empty_is_not_absent"))
      for (auto it = body.MemberBegin(); it != body.MemberEnd();)
        it = it->value.IsString() && it->value.GetStringLength() == 0 ? body.EraseMember(it)
                                                                      : it + 1;
    record.body = sdk::write_json(body);
  }
  if (breaks("read.deletion_is_seen") && record.deleted) return;
  if (breaks("read.change_is_seen") && record.key == "0003") record.version = "1";
  if (breaks("record.is_complete") && record.key == "0005") record.origin.clear();
  if (breaks("record.body_is_an_object") && record.key == "0005")
    record.body = R"({"id":"0005","id":"0005"})";
  if (breaks("record.time_is_microseconds") && record.key == "0006")
    record.changed_at_us /= 1'000'000;
  if (breaks("record.time_zones") && changed.ends_with("-05:00"))
    record.changed_at_us -= 5 * 3'600'000'000LL;
  if (breaks("read.gives_all") && record.key == "0007") record.key = "7";
  if (breaks("record.body_limit") && limits.body_bytes_max == 16 && record.key == "0008") return;
  if (breaks("record.10_mb") && record.body.size() > 5'000'000) return;
  sdk::add_record(batch, std::move(record), limits);
}

sdk::Status Broken::ack(std::string_view type, std::string_view checkpoint, const sdk::Call&) {
  const auto at = position(checkpoint);
  if (!at) {
    if (breaks("ack.foreign_checkpoint")) system_.put("pruned", "1000");
    return foreign(type);
  }
  if (breaks("ack.prunes_only_what_was_committed") && *at == 2) system_.put("pruned", "1000");
  if (breaks("ack.may_be_repeated") && acks_ > 0 && *at == last_ack_) return foreign(type);
  if (breaks("ack.of_an_older_checkpoint") && *at < last_ack_) return foreign(type);
  at_end_was_acked_ = *at >= last_ack_;
  ++acks_;
  last_ack_ = *at;
  return sdk::Done{};
}

}  // namespace concord::broken
