// Whose connectors a hub runs. A publisher signs the manifest, which names the library's SHA-256,
// so a signature covers both.
//
// The signature stands beside the manifest, in <id>.connector.sig, as one line of JSON:
//   {"concord_connector":1,"manifest":"51aa…","key":"9b0e…","signature":"ab4f…"}
// manifest: SHA-256 of the manifest's bytes; key, signature: Ed25519, as hex digits. Signed are two
// lines, each ended by a line feed: "concord connector 1", and the 64 digits of manifest.
//
// What the conformance kit found stands there too, in <id>.connector.tested, signed by the hub that
// ran it: {"concord_connector_test":1,"manifest":"51aa…","passed":118,"failed":0,"left_out":10,
// "at":"2026-11-26T09:30:00Z","hub":"0.1.0","key":"77d1…","signature":"0f3c…"}. Signed are lines
// again: "concord connector test 1", manifest, passed, failed, left_out, at, hub.
// Threads: any.
#pragma once

#include <string>

#include "hub/base/crypto.hpp"
#include "hub/model/coalition.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::runtime {

// Who vouches for a connector, in words, as "the hub's own package". Nobody: CONNECTOR_UNSIGNED,
// PUBLISHER_UNKNOWN; SIGNATURE_INVALID whatever the operator allows, for somebody changed it.
// Where there are testers, the kit's result of one is wanted too: CONNECTOR_UNTESTED,
// TESTER_UNKNOWN, TEST_FAILED.
base::Result<std::string> voucher(const Manifest& manifest, const model::Trust& trust);

// "…/x.connector.json" → "…/x.connector.sig"
std::string signature_path(const std::string& manifest_path);
// The line for a manifest of this digest.
std::string signature_line(const Manifest& manifest, const base::Key& secret);

struct TestResult {
  int64_t passed = 0, failed = 0, left_out = 0;
  std::string at, hub;  // UTC; the version of the hub that ran the kit
};
// "…/x.connector.json" → "…/x.connector.tested"
std::string tested_path(const std::string& manifest_path);
std::string tested_line(const Manifest& manifest,
                        const TestResult& result,
                        const base::Key& secret);

}  // namespace concord::runtime
