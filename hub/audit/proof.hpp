// Proofs that stand by themselves: whoever has the text, and trusts the key that its head names,
// can check it without this hub. concord audit check FILE does; so can any program that knows RFC
// 6962.
//
//   {"concord_proof":"inclusion","entry":17,"leaf":"{\"v\":1,…}","path":["51aa…",…],"head":{…}}
//   {"concord_proof":"consistency","before":{…},"path":["51aa…",…],"head":{…}}
//
// path is from the leaf up, as RFC 6962 2.1.1 and 2.1.2 give it; a head is as head.hpp tells it.
// Threads: any; pure.
#pragma once

#include <string>
#include <variant>

#include "hub/audit/head.hpp"

namespace concord::audit {

// That this is entry `number` of what the head was signed over.
struct Inclusion {
  uint64_t number = 0;
  std::string leaf;
  Path path;
  Head head;
};
// That what the head was signed over begins with what `before` was signed over.
struct Consistency {
  Head before;
  Path path;
  Head head;
};
using Proof = std::variant<Inclusion, Consistency>;

std::string to_json(const Proof& proof);
base::Result<Proof> read_proof(std::string_view json);
// What is wrong with it; nothing: it proves what it says.
std::optional<base::Error> fault_of(const Proof& proof);

}  // namespace concord::audit
