#include "juvenile_justice/niem_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "juvenile_justice/niem_reader.hpp"

namespace concord::juvenile_justice {

namespace {

namespace fs = std::filesystem;
using sdk::Batch;
using sdk::Done;
using sdk::Status;

constexpr size_t kWaitingMax = 20000;

struct Found {
  FileStamp file;
  int64_t modified_ns = 0;
  uint64_t size = 0;
};

bool is_in_hand(std::string_view name) {
  return name.starts_with('.') || name.ends_with(".tmp") || name.ends_with(".part");
}

std::optional<Found> look(const std::string& folder, const std::string& name) {
  struct stat s {};
  if (::stat((fs::path(folder) / name).c_str(), &s) != 0 || !S_ISREG(s.st_mode))
    return std::nullopt;
  const int64_t modified = int64_t{s.st_mtim.tv_sec} * 1000000000 + s.st_mtim.tv_nsec;
  const auto size = static_cast<uint64_t>(s.st_size);
  return Found{{name, std::to_string(size) + ":" + std::to_string(modified)}, modified, size};
}

// Oldest first; of the same age by name.
sdk::Result<std::vector<Found>> list(const std::string& folder) {
  std::error_code failed;
  std::vector<Found> files;
  fs::directory_iterator at(folder, failed);
  for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
    const std::string name = at->path().filename().string();
    if (is_in_hand(name)) continue;
    if (auto found = look(folder, name)) files.push_back(std::move(*found));
  }
  if (failed)
    return sdk::retry("FOLDER",
                      "niem.in_folder",
                      "cannot be listed: " + failed.message(),
                      "see that the folder is there and readable");
  std::sort(files.begin(), files.end(), [](const Found& a, const Found& b) {
    return std::tie(a.modified_ns, a.file.name) < std::tie(b.modified_ns, b.file.name);
  });
  return files;
}

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Status fault(const std::string& place, int error) {
  return sdk::retry("FOLDER",
                    place,
                    std::string("cannot be written: ") + std::strerror(error),
                    "see to the folder's permissions and disk");
}

}  // namespace

sdk::Result<Batch> NiemFolder::read(std::string_view checkpoint,
                                    const sdk::Limits& limits,
                                    const sdk::Call& call) {
  const std::scoped_lock lock(mutex_);
  whole_bytes_max_ = limits.body_bytes_max;
  std::vector<FileStamp> waiting;
  if (checkpoint != acknowledged_ || checkpoint.empty()) {
    auto given = read_files("read.niem_document", checkpoint);
    if (!given) return std::move(given).error();
    waiting = std::move(given).value();
  }
  if (waiting.size() > kWaitingMax)
    return sdk::retry("ACK_MISSING",
                      "read.niem_document",
                      std::to_string(waiting.size()) + " files wait for their ack",
                      "see why the hub does not commit what it read");
  auto files = list(config_.in_folder);
  if (!files) return std::move(files).error();
  std::sort(waiting.begin(), waiting.end());
  const std::vector<FileStamp> before = waiting;
  Batch batch;
  for (const Found& found : *files) {
    if (std::binary_search(before.begin(), before.end(), found.file)) continue;
    if (batch.records.size() + batch.rejects.size() >= limits.records_max || call.cancelled() ||
        call.left() < std::chrono::milliseconds(200)) {
      batch.more = true;
      break;
    }
    NiemAnswer answer;
    if (found.size > limits.body_bytes_max) {
      answer.rejects.push_back({std::string(kNiemDocument),
                                found.file.name,
                                {},
                                sdk::bad_record("NIEM_SIZE",
                                                found.file.name,
                                                std::to_string(found.size) + " bytes, too large",
                                                "split the document at its source")});
    } else {
      std::ifstream in(fs::path(config_.in_folder) / found.file.name, std::ios::binary);
      if (!in) continue;  // taken away since it was listed
      const std::string bytes((std::istreambuf_iterator<char>(in)), {});
      answer = read_niem(bytes, found.file.name, limits);
      const bool young = found.modified_ns > now_ns() - config_.settle.count() * 1000000;
      const bool broken = std::any_of(answer.rejects.begin(), answer.rejects.end(), [](auto& r) {
        return r.error.code.starts_with("XML_");
      });
      if (young && broken) continue;  // perhaps half written: looked at again
    }
    // A document larger than a batch may be is still taken whole: it is acknowledged as a whole.
    std::move(answer.records.begin(), answer.records.end(), std::back_inserter(batch.records));
    std::move(answer.rejects.begin(), answer.rejects.end(), std::back_inserter(batch.rejects));
    waiting.push_back(found.file);
  }
  batch.checkpoint =
      waiting.size() == before.size() ? std::string(checkpoint) : write_files(waiting);
  return batch;
}

Status NiemFolder::ack(std::string_view checkpoint) {
  const std::scoped_lock lock(mutex_);
  auto files = read_files("read.niem_document", checkpoint);
  if (!files) return std::move(files).error();
  for (const FileStamp& file : *files) {
    const auto found = look(config_.in_folder, file.name);
    // Gone: acknowledged before. Another one under the same name: not read yet.
    if (!found || found->file != file) continue;
    const fs::path from = fs::path(config_.in_folder) / file.name;
    std::error_code failed;
    fs::path done = config_.done_folder;
    if (done.empty() && found->size > whole_bytes_max_)
      done = fs::path(config_.in_folder) / "too_large";
    if (done.empty()) {
      fs::remove(from, failed);
    } else {
      fs::create_directories(done, failed);
      // A later document of the same name must not push an earlier one out.
      fs::path to = done / file.name;
      for (int n = 2; fs::exists(to); ++n) to = done / (file.name + "." + std::to_string(n));
      fs::rename(from, to, failed);
    }
    if (failed)
      return sdk::retry("FOLDER",
                        config_.done_folder.empty() ? "niem.in_folder" : "niem.done_folder",
                        "an acknowledged file cannot be taken away: " + failed.message(),
                        "see to the permissions of both folders, which must share a disk");
  }
  acknowledged_ = checkpoint;
  return Done{};
}

Status NiemFolder::check() const {
  for (const auto& [place, folder] : {std::pair{"niem.in_folder", &config_.in_folder},
                                      {"niem.out_folder", &config_.out_folder}}) {
    if (folder->empty()) continue;
    if (::access(folder->c_str(), R_OK | W_OK | X_OK) != 0)
      return sdk::config_error("FOLDER",
                               place,
                               std::string("cannot be read and written: ") + std::strerror(errno),
                               "make the folder and give the hub's user the right to it");
  }
  return Done{};
}

Status put_file(const std::string& folder, const std::string& name, std::string_view bytes) {
  const std::string beside = (fs::path(folder) / ("." + name + ".tmp")).string();
  const std::string place = (fs::path(folder) / name).string();
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return fault("niem.out_folder", errno);
  size_t written = 0;
  int error = 0;
  while (written < bytes.size() && error == 0) {
    const ssize_t n = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno != EINTR) error = errno;
    if (n > 0) written += static_cast<size_t>(n);
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  ::close(fd);
  if (error == 0 && ::rename(beside.c_str(), place.c_str()) != 0) error = errno;
  if (error == 0) {
    // The name itself is durable only once the folder is.
    const int dir = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
      if (::fsync(dir) != 0) error = errno;
      ::close(dir);
    }
  }
  if (error == 0) return Done{};
  ::unlink(beside.c_str());
  return fault("niem.out_folder", error);
}

}  // namespace concord::juvenile_justice
