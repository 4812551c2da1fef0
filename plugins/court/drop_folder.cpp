#include "court/drop_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "court/text.hpp"

namespace concord::court {
namespace fs = std::filesystem;
namespace {

sdk::Error unusable(const fs::path& path, const std::error_code& why) {
  return sdk::retry("FOLDER",
                    path.string(),
                    why.message(),
                    "check that the folder exists and that the hub may use it");
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

}  // namespace

sdk::Result<std::vector<std::string>> DropFolder::names() const {
  std::vector<std::string> out;
  std::error_code failed;
  const auto newest = fs::file_time_type::clock::now() - options_.settle;
  for (fs::directory_iterator it(options_.folder, failed), end; !failed && it != end;
       it.increment(failed)) {
    std::error_code gone;  // taken away while we look
    const std::string name = it->path().filename().string();
    if (name.starts_with('.') || lower(it->path().extension().string()) != options_.extension)
      continue;
    if (!it->is_regular_file(gone) || gone) continue;
    const auto written = it->last_write_time(gone);
    if (!gone && (options_.settle.count() == 0 || written <= newest)) out.push_back(name);
  }
  if (failed) return unusable(options_.folder, failed);
  std::sort(out.begin(), out.end());
  return out;
}

sdk::Result<std::optional<DropFolder::Content>> DropFolder::read(const std::string& name) const {
  const fs::path path = options_.folder / name;
  std::error_code failed;
  const uintmax_t size = fs::file_size(path, failed);
  if (failed == std::errc::no_such_file_or_directory) return std::optional<Content>();
  if (failed) return unusable(path, failed);
  Content out{{name, ""}, "", size > options_.bytes_max};
  std::ifstream in(path, std::ios::binary);
  if (!in) return unusable(path, std::error_code(errno, std::generic_category()));
  out.bytes.resize(std::min<uintmax_t>(size, out.too_large ? 64 << 10 : options_.bytes_max));
  in.read(out.bytes.data(), static_cast<std::streamsize>(out.bytes.size()));
  out.bytes.resize(static_cast<size_t>(in.gcount()));
  if (out.too_large) {
    const auto written = fs::last_write_time(path, failed).time_since_epoch().count();
    out.file.hash = "size:" + std::to_string(size) + ":" + std::to_string(written);
  } else {
    out.file.hash = sha256_hex(out.bytes).substr(0, 32);
  }
  return std::optional<Content>(std::move(out));
}

sdk::Status DropFolder::settle(const std::vector<DroppedFile>& files,
                               const fs::path& done,
                               bool remove) const {
  for (const DroppedFile& file : files) {
    // A name comes from a checkpoint; it must not lead out of the folder.
    if (file.name.find('/') != std::string::npos || file.name.starts_with('.')) continue;
    auto content = read(file.name);
    if (!content) return std::move(content).error();
    if (!*content || (*content)->file != file) continue;
    const fs::path path = options_.folder / file.name;
    std::error_code failed;
    const bool removed = remove && !(*content)->too_large;
    if (removed) {
      fs::remove(path, failed);
    } else {
      fs::create_directories(done, failed);
      fs::path to = done / file.name;
      if (!failed && fs::exists(to)) to += "." + file.hash.substr(0, 8);
      if (!failed) fs::rename(path, to, failed);
    }
    if (failed) return unusable(removed ? path : done, failed);
  }
  return sdk::Done{};
}

sdk::Status put_file(const fs::path& folder, const std::string& name, std::string_view bytes) {
  const fs::path beside = folder / ("." + name + ".part");
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  auto fault = [&](int number) {
    return unusable(folder, std::error_code(number, std::generic_category()));
  };
  if (fd < 0) return fault(errno);
  int why = 0;
  while (!bytes.empty() && why == 0) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) why = errno;
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
  }
  if (why == 0 && ::fsync(fd) != 0) why = errno;
  if (::close(fd) != 0 && why == 0) why = errno;
  if (why == 0 && ::rename(beside.c_str(), (folder / name).c_str()) != 0) why = errno;
  if (why != 0) {
    ::unlink(beside.c_str());
    return fault(why);
  }
  const int dir = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir >= 0) {
    ::fsync(dir);  // the name itself
    ::close(dir);
  }
  return sdk::Done{};
}

}  // namespace concord::court
