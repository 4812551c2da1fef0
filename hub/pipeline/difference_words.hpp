// What each thing of a coalition says, as names and texts that can be told and compared. Internal
// to difference.cpp.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hub/model/coalition.hpp"
#include "hub/model/evidence.hpp"
#include "hub/model/mandate.hpp"

namespace concord::pipeline {

// name → what it says. Of a system, nothing of its config but the names of its keys: addresses and
// references to secrets stay where they are.
using Said = std::vector<std::pair<std::string, std::string>>;

Said said(const model::Coalition& coalition);  // of itself, without what it holds
Said said(const model::Agency& agency);
Said said(const model::System& system);
Said said(const model::Job& job);
Said said(const model::Flow& flow);
Said said(const model::Mandate& mandate);
Said said(const model::RosterEntry& seat);
Said said(const model::Assignment& assignment);
Said said(const model::Consent& consent);
Said said(const model::Order& order);
Said said(const model::Fact& fact);

// What people know it by. Some may share one.
std::string called(const model::Agency& agency);
std::string called(const model::System& system);
std::string called(const model::Job& job);
std::string called(const model::Flow& flow);
std::string called(const model::Mandate& mandate);
std::string called(const model::RosterEntry& seat);
std::string called(const model::Assignment& assignment);
std::string called(const model::Consent& consent);
std::string called(const model::Order& order);
std::string called(const model::Fact& fact);

// The keys in which two configs (JSON) differ: "rest.url, rest.page_size". Values are not told.
std::string differing_keys(const std::string& before, const std::string& after);

}  // namespace concord::pipeline
