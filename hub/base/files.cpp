#include "hub/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace concord::base {
namespace {

Error io_error(const char* code, const std::string& path, int fault) {
  if (fault == ENOSPC || fault == EDQUOT || fault == EFBIG)
    return retry_error("DISK_FULL", path, std::strerror(fault), "free space on the disk it is on");
  return config_error(code, path, std::strerror(fault), "see that the path exists and may be used");
}

}  // namespace

Result<std::string> read_file(const std::string& path, size_t bytes_max) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error("FILE_OPEN", path, errno);
  std::string text;
  struct stat info {};
  if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(fd);
    return io_error("FILE_OPEN", path, EISDIR);
  }
  text.reserve(static_cast<size_t>(std::max<off_t>(info.st_size, 0)));
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int fault = errno;
      ::close(fd);
      return io_error("FILE_READ", path, fault);
    }
    if (n == 0) break;
    text.append(buffer, static_cast<size_t>(n));
    if (text.size() > bytes_max) {
      ::close(fd);
      return config_error(
          "FILE_SIZE", path, "more than " + std::to_string(bytes_max) + " bytes", "split the file");
    }
  }
  ::close(fd);
  return text;
}

Status write_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string beside = path + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return io_error("FILE_WRITE", beside, errno);
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int fault = errno;
      ::close(fd);
      ::unlink(beside.c_str());
      return io_error("FILE_WRITE", beside, fault);
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  const bool flushed = ::fsync(fd) == 0;
  const int fault = errno;
  ::close(fd);
  if (!flushed || ::rename(beside.c_str(), path.c_str()) != 0) {
    const int why = flushed ? errno : fault;
    ::unlink(beside.c_str());
    return io_error("FILE_WRITE", path, why);
  }
  return Done{};
}

std::vector<std::string> files_below(const std::string& folder, std::string_view ending) {
  namespace fs = std::filesystem;
  std::vector<std::string> found;
  std::error_code ignored;
  for (auto it = fs::recursive_directory_iterator(
           folder, fs::directory_options::skip_permission_denied, ignored);
       it != fs::recursive_directory_iterator();
       it.increment(ignored)) {
    if (ignored) break;
    const std::string name = it->path().filename().string();
    if (name.starts_with(".")) {
      if (it->is_directory(ignored)) it.disable_recursion_pending();
      continue;
    }
    if (it->is_regular_file(ignored) && name.ends_with(ending))
      found.push_back(fs::relative(it->path(), folder, ignored).string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace concord::base
