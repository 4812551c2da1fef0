// Somebody who has all the hub's files and all its keys, and looks for a person.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace concord::shred {

// Every byte of every file below a folder that holds the text; the files' names.
std::vector<std::string> files_with(const std::filesystem::path& folder, const std::string& text);
// All that can be opened in the store with the keys that are there: journal, documents, profiles,
// evidence, and the audit's sealed parts.
std::string all_that_opens(const std::filesystem::path& data_folder);
// The key of the person whom a system knows by this key, as it stands in the store; or "".
std::string wrapped_key(const std::filesystem::path& data_folder,
                        const std::string& system,
                        const std::string& key);
// Does this text stand anywhere in the memory of a running process that this one may read?
bool in_memory(pid_t process, const std::string& text);

}  // namespace concord::shred
