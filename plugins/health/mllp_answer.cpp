#include "health/mllp_answer.hpp"

#include <atomic>

namespace concord::health {
namespace {

// Unique among the answers of this process and, by its time, of those before it.
std::string answer_id(int64_t now_us) {
  static std::atomic<uint32_t> count{0};
  return std::to_string(now_us / 1000) + std::to_string(count.fetch_add(1) % 1000000);
}

}  // namespace

void Exchange::add(Frame frame) {
  if (frame.kind != Frame::Kind::message) return add_refused(std::move(frame));
  const BatchPieces pieces = split_batch(frame.bytes);
  if (pieces.messages.size() <= 1) return add_message(frame.bytes);
  for (const std::string_view message : pieces.messages) add_message(message);
  if (!pieces.count_fault.empty()) {
    batch_.rejects.push_back(
        rejected("hl7",
                 frame.bytes,
                 sdk::bad_record("HL7_BATCH_COUNT",
                                 "BTS-1",
                                 pieces.count_fault,
                                 "see whether the sender lost messages of this batch")));
    messages_.back().rejects++;
  }
}

void Exchange::add_message(std::string_view bytes) {
  append(read_message(bytes, hl7_, origin_));
}

void Exchange::add_refused(Frame frame) {
  ReadMessage read;
  read.verdict = Verdict::reject;
  read.hl7_code = "100";
  read.header = glimpse(frame.bytes);
  const bool oversize = frame.kind == Frame::Kind::oversize;
  const std::string cause =
      oversize ? "a message of more than " + std::to_string(message_bytes_max_) + " bytes"
      : frame.kind == Frame::Kind::cut ? "a new message began before the end of this one"
                                       : "bytes outside of a frame: no <VT> before them";
  read.reject =
      rejected("hl7",
               frame.bytes,
               sdk::bad_record(oversize ? "MLLP_OVERSIZE" : "MLLP_FRAMING",
                               "frame",
                               cause,
                               oversize ? "send less, or raise mllp_listen.message_bytes_max"
                                        : "frame each message as <VT> message <FS> <CR>"));
  append(std::move(read));
}

void Exchange::append(ReadMessage read) {
  One one;
  one.records_from = batch_.records.size();
  one.records = read.records.size();
  one.rejects_from = batch_.rejects.size();
  one.rejects = read.reject ? 1 : 0;
  for (sdk::Record& record : read.records) batch_.records.push_back(std::move(record));
  read.records.clear();
  if (read.reject) batch_.rejects.push_back(*read.reject);
  one.read = std::move(read);
  messages_.push_back(std::move(one));
}

Exchange::Answers Exchange::answer(const std::vector<sdk::Outcome>& outcomes,
                                   bool answer_when_not_kept,
                                   int64_t now_us) {
  Answers out;
  const size_t records = batch_.records.size();
  for (const One& one : messages_) {
    Kept kept = Kept::committed;
    AnswerText text;
    if (one.read.reject) {
      const sdk::Error& error = one.read.reject->error;
      text = {one.read.hl7_code, error.place, error.cause + ". " + error.next};
    }
    auto weigh = [&](size_t index) {
      if (index >= outcomes.size()) {
        kept = Kept::not_kept;  // the hub said nothing about it
        return;
      }
      const auto& error = outcomes[index].error;
      if (!error || kept == Kept::not_kept) return;
      if (error->error_class == sdk::ErrorClass::bad_record) {
        kept = Kept::for_repair;
        if (text.hl7_code.empty()) text = {"102", error->place, error->cause + ". " + error->next};
      } else {
        kept = Kept::not_kept;
      }
    };
    for (size_t i = 0; i < one.records; ++i) weigh(one.records_from + i);
    for (size_t i = 0; i < one.rejects; ++i) weigh(records + one.rejects_from + i);
    if (kept == Kept::not_kept) {
      out.all_kept = false;
      if (!answer_when_not_kept) break;
      text = {"207", "", "not kept, send again"};
    }
    const bool accepted = one.read.verdict == Verdict::accept && kept == Kept::committed;
    ++(accepted ? out.accepted : one.read.verdict == Verdict::reject ? out.rejects : out.errors);
    for (const std::string& message :
         answers(one.read.header, one.read.verdict, kept, text, answer_id(now_us), now_us)) {
      out.bytes += framed(message);
    }
  }
  messages_.clear();
  batch_ = {};
  return out;
}

}  // namespace concord::health
