#include "health/hl7_ack.hpp"

#include <array>

#include "health/hl7_time.hpp"

namespace concord::health {
namespace {

std::string_view meaning_of(std::string_view hl7_code) {
  struct Row {
    std::string_view code, text;
  };
  static constexpr std::array kRows{Row{"100", "Segment sequence error"},
                                    Row{"101", "Required field missing"},
                                    Row{"102", "Data type error"},
                                    Row{"103", "Table value not found"},
                                    Row{"200", "Unsupported message type"},
                                    Row{"201", "Unsupported event code"},
                                    Row{"202", "Unsupported processing id"},
                                    Row{"203", "Unsupported version id"},
                                    Row{"206", "Application record locked"},
                                    Row{"207", "Application error"}};
  for (const Row& row : kRows) {
    if (row.code == hl7_code) return row.text;
  }
  return {};
}

// Their delimiters, so that what we repeat of their header means the same.
struct Writer {
  char field;
  Delimiters delimiters;
  std::string out;

  explicit Writer(const HeaderGlimpse& to) : field(to.field) {
    delimiters.field = to.field;
    delimiters.component = to.encoding[0];
    delimiters.repetition = to.encoding[1];
    delimiters.escape = to.encoding[2];
    delimiters.subcomponent = to.encoding[3];
  }
  void segment(std::string_view name, const std::vector<std::string>& fields) {
    out += name;
    for (const std::string& text : fields) {
      out += field;
      out += text;
    }
    out += '\r';
  }
};

std::string one_answer(const HeaderGlimpse& to,
                       std::string_view code,
                       const AnswerText& text,
                       std::string_view id,
                       int64_t now_us) {
  Writer w(to);
  const char component = to.encoding[0];
  const std::string& kind = to.fields[9];
  const size_t first = kind.find(component);
  std::string event;
  if (first != std::string::npos) {
    event = kind.substr(first + 1, kind.find(component, first + 1) - first - 1);
  }
  std::string type = "ACK";
  if (!event.empty()) type += component + event + component + "ACK";
  const std::string version = to.fields[12].empty() ? "2.5.1" : to.fields[12];
  const std::string processing = to.fields[11].empty() ? "P" : to.fields[11];
  // From who they wrote to, to who they are.
  w.segment("MSH",
            {to.encoding,
             to.fields[5],
             to.fields[6],
             to.fields[3],
             to.fields[4],
             hl7_utc(now_us),
             "",
             type,
             std::string(id),
             processing,
             version});
  const std::string told = escape(text.text, w.delimiters);
  w.segment("MSA", {std::string(code), to.fields[10], told});
  if (!text.hl7_code.empty()) {
    // ERR-2 is segment^sequence^field.
    std::string place = escape(text.place, w.delimiters);
    const size_t dash = text.place.find('-');
    if (dash == 3) {
      place = text.place.substr(0, 3) + component + "1" + component + text.place.substr(4);
    }
    const std::string meaning(meaning_of(text.hl7_code));
    w.segment("ERR",
              {"",
               place,
               text.hl7_code + component + meaning + component + "HL70357",
               "E",
               "",
               "",
               "",
               told});
  }
  return std::move(w.out);
}

// MSH-15 and MSH-16: always, never, on error, on success.
bool asked(const std::string& when, bool success) {
  return when == "AL" || (when == "ER" && !success) || (when == "SU" && success);
}

}  // namespace

std::vector<std::string> answers(const HeaderGlimpse& to,
                                 Verdict verdict,
                                 Kept kept,
                                 const AnswerText& text,
                                 std::string_view id,
                                 int64_t now_us) {
  const bool success = verdict == Verdict::accept && kept == Kept::committed;
  std::string_view last = "E";  // AE, CE
  if (success) last = "A";
  if (verdict == Verdict::reject && kept != Kept::not_kept) last = "R";
  const AnswerText none;
  auto make = [&](char first) {
    return one_answer(to, first + std::string(last), success ? none : text, id, now_us);
  };
  const std::string &accept = to.fields[15], &application = to.fields[16];
  if (accept.empty() && application.empty()) return {make('A')};
  std::vector<std::string> out;
  if (asked(accept, success)) out.push_back(make('C'));
  if (asked(application, success)) out.push_back(make('A'));
  return out;
}

sdk::Result<Ack> parse_ack(std::string_view bytes) {
  auto message = Message::parse(bytes, {});
  if (!message) {
    return sdk::retry("MLLP_ACK_UNREADABLE",
                      "answer",
                      message.error().cause,
                      "see what the receiver sends as acknowledgement");
  }
  const Segment* msa = message->find("MSA");
  if (msa == nullptr) {
    return sdk::retry("MLLP_ACK_UNREADABLE",
                      "answer",
                      "no MSA segment",
                      "see what the receiver sends as acknowledgement");
  }
  Ack ack{msa->field(1).text(), msa->field(2).text(), msa->field(6).component(1).text(), ""};
  if (const Segment* err = message->find("ERR")) {
    if (!err->field(3).empty()) ack.hl7_code = err->field(3).component(1).text();
    const std::string segment = err->field(2).component(1).text();
    const std::string field = err->field(2).component(3).text();
    const bool plain = segment.size() == 3 && field.size() <= 3 &&
                       field.find_first_not_of("0123456789") == std::string::npos;
    if (plain) ack.place = field.empty() ? segment : segment + "-" + field;
  }
  return ack;
}

std::optional<sdk::Error> error_of(const Ack& ack, const std::string& peer) {
  if (ack.code == "AA" || ack.code == "CA") return std::nullopt;
  const bool known = ack.code == "AE" || ack.code == "AR" || ack.code == "CE" || ack.code == "CR";
  if (!known) {
    return sdk::retry("MLLP_ACK_UNREADABLE",
                      peer,
                      "an acknowledgement code that HL7 does not know",
                      "see what the receiver sends in MSA-1");
  }
  sdk::Error error = sdk::bad_record("HL7_" + ack.code,
                                     peer,
                                     "the receiver answered " + ack.code,
                                     "see the receiver's log for this control id, correct the "
                                     "mapping, then retry the delivery");
  const std::string_view meaning = meaning_of(ack.hl7_code);
  if (!meaning.empty()) {
    error.cause += " with " + ack.hl7_code + " (" + std::string(meaning) + ")";
  }
  if (!ack.place.empty()) error.cause += " at " + ack.place;
  if (ack.hl7_code == "206" || ack.hl7_code == "207") {
    error.error_class = sdk::ErrorClass::retry;
    error.next = "nothing; it is sent again. If it lasts, tell the receiver's owner";
  } else if (ack.hl7_code >= "200" && ack.hl7_code <= "203" && ack.hl7_code.size() == 3) {
    error.error_class = sdk::ErrorClass::config;
    error.next =
        "correct mllp_send: what is sent there is of a kind that the receiver does not take";
  }
  return error;
}

}  // namespace concord::health
