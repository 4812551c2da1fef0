#include "hub/kit/report.hpp"

#include <concord/json.hpp>

namespace concord::kit {
namespace {

std::string xml(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string seconds(int64_t ms) {
  std::string rest = std::to_string(ms % 1000);
  return std::to_string(ms / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

}  // namespace

Counts count(const std::vector<Result>& results) {
  Counts counts;
  for (const Result& result : results) {
    counts.passed += result.verdict == Verdict::passed;
    counts.failed += result.verdict == Verdict::failed;
    counts.left_out += result.verdict == Verdict::left_out;
  }
  return counts;
}

std::string_view name_of(Verdict verdict) {
  return verdict == Verdict::passed ? "passed" : verdict == Verdict::failed ? "failed" : "left out";
}

std::string report_json(const runtime::Manifest& manifest,
                        const std::vector<Result>& results,
                        uint64_t seed) {
  const Counts counts = count(results);
  sdk::JsonWriter out;
  out.object()
      .field("connector", manifest.id)
      .field("version", manifest.version)
      .field("sha256", manifest.sha256);
  out.field("seed", std::to_string(seed)).field("passed", static_cast<uint64_t>(counts.passed));
  out.field("failed", static_cast<uint64_t>(counts.failed))
      .field("left_out", static_cast<uint64_t>(counts.left_out));
  out.key("checks").array();
  for (const Result& result : results)
    out.object()
        .field("name", result.name)
        .field("title", result.title)
        .field("verdict", std::string(name_of(result.verdict)))
        .field("why", result.why)
        .field("ms", result.ms)
        .end();
  out.end_array().end();
  return out.text();
}

std::string report_junit(const runtime::Manifest& manifest,
                         const std::vector<Result>& results,
                         uint64_t seed) {
  const Counts counts = count(results);
  int64_t ms = 0;
  std::string cases;
  for (const Result& result : results) {
    ms += result.ms;
    cases += "  <testcase classname=\"" + xml(manifest.id) + "\" name=\"" + xml(result.name) +
             "\" time=\"" + seconds(result.ms) + "\"";
    if (result.verdict == Verdict::passed) {
      cases += "/>\n";
      continue;
    }
    const char* tag = result.verdict == Verdict::failed ? "failure" : "skipped";
    cases += std::string(">\n    <") + tag + " message=\"" + xml(result.title + ": " + result.why) +
             "\"/>\n  </testcase>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" +
         xml(manifest.id + " " + manifest.version) + "\" tests=\"" +
         std::to_string(results.size()) + "\" failures=\"" + std::to_string(counts.failed) +
         "\" errors=\"0\" skipped=\"" + std::to_string(counts.left_out) + "\" time=\"" +
         seconds(ms) + "\">\n  <properties>\n    <property name=\"seed\" value=\"" +
         std::to_string(seed) + "\"/>\n    <property name=\"sha256\" value=\"" +
         xml(manifest.sha256) + "\"/>\n  </properties>\n" + cases + "</testsuite>\n";
}

}  // namespace concord::kit
