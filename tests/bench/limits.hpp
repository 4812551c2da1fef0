// What this machine can do of the same work at most, measured in the same run: the disk, by
// committing as many bytes in as large batches; one core, by parsing and writing the same JSON.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace concord::bench {

// Rows a second into a new SQLite file in `folder`, WAL and synchronous=FULL.
double committed_per_second(const std::filesystem::path& folder,
                            size_t bytes_per_row,
                            size_t rows_per_commit,
                            std::chrono::milliseconds time);

// Rounds a second, on one core: each parses and writes every one of the texts.
double parsed_and_written_per_second(const std::vector<std::string>& texts,
                                     std::chrono::milliseconds time);

}  // namespace concord::bench
