#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "child_welfare/file_store.hpp"

namespace concord::child_welfare {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

class LocalFolder : public FileStore {
 public:
  explicit LocalFolder(std::string path) : root_(std::move(path)) {}

  sdk::Result<std::vector<FileInfo>> list(const std::string& folder, const sdk::Call&) override {
    std::vector<FileInfo> files;
    std::error_code failed;
    fs::directory_iterator at(full(folder), failed), end;
    if (failed == std::errc::no_such_file_or_directory && !folder.empty()) return files;
    for (; !failed && at != end; at.increment(failed)) {
      struct stat info {};
      // Not lstat: a link to a file is a file. Gone meanwhile: not there.
      if (::stat(at->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
      files.push_back(describe(at->path().filename().string(), info));
    }
    if (failed) return fault(folder, failed.value());
    std::sort(
        files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return files;
  }

  sdk::Result<std::string> fetch(const std::string& name,
                                 size_t bytes_max,
                                 const sdk::Call&) override {
    const Descriptor file(::open(full(name).c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return fault(name, errno);
    std::string bytes;
    std::string part(size_t{256} << 10, '\0');
    for (;;) {
      const ssize_t got = ::read(file.get(), part.data(), part.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fault(name, errno);
      if (got == 0) return bytes;
      if (bytes.size() + static_cast<size_t>(got) > bytes_max)
        return sdk::bad_record("FILE_SIZE",
                               place(name),
                               "more than the " + std::to_string(bytes_max) + " bytes allowed",
                               "send it in parts, or raise file_bytes_max");
      bytes.append(part, 0, static_cast<size_t>(got));
    }
  }

  sdk::Status put(const std::string& name, std::string_view bytes, const sdk::Call&) override {
    const Descriptor file(
        ::open(full(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (file.get() < 0) return fault(name, errno);
    while (!bytes.empty()) {
      const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return fault(name, errno);
      bytes.remove_prefix(static_cast<size_t>(put));
    }
    if (::fsync(file.get()) != 0) return fault(name, errno);
    return sync_folder(name);
  }

  sdk::Status rename(const std::string& from, const std::string& to, const sdk::Call&) override {
    if (::renameat2(AT_FDCWD, full(from).c_str(), AT_FDCWD, full(to).c_str(), RENAME_NOREPLACE) !=
        0) {
      if (errno != EINVAL) return fault(to, errno);
      // A file system that cannot promise it: look first.
      if (::access(full(to).c_str(), F_OK) == 0) return fault(to, EEXIST);
      if (::rename(full(from).c_str(), full(to).c_str()) != 0) return fault(to, errno);
    }
    if (auto synced = sync_folder(to); !synced) return synced;
    return sync_folder(from);
  }

  sdk::Status remove(const std::string& name, const sdk::Call&) override {
    if (::unlink(full(name).c_str()) != 0 && errno != ENOENT) return fault(name, errno);
    return sync_folder(name);
  }

  sdk::Status make_folder(const std::string& name, const sdk::Call&) override {
    std::error_code failed;
    fs::create_directories(full(name), failed);
    if (failed) return fault(name, failed.value());
    return sdk::Done{};
  }

  [[nodiscard]] std::string place(const std::string& name) const override {
    return name.empty() ? root_.string() : full(name).string();
  }

 private:
  [[nodiscard]] fs::path full(const std::string& name) const { return root_ / name; }

  static FileInfo describe(std::string name, const struct stat& info) {
    // The later of content and inode change: a copy may set the first back, nothing sets the
    // second.
    const std::time_t changed = std::max(info.st_mtim.tv_sec, info.st_ctim.tv_sec);
    return {std::move(name),
            static_cast<uint64_t>(info.st_size),
            std::to_string(info.st_size) + "-" + std::to_string(info.st_mtim.tv_sec) + "." +
                std::to_string(info.st_mtim.tv_nsec) + "-" + std::to_string(info.st_ino),
            std::chrono::seconds(std::max<std::time_t>(0, std::time(nullptr) - changed))};
  }

  [[nodiscard]] sdk::Status sync_folder(const std::string& name) const {
    const Descriptor folder(
        ::open(full(name).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0 || ::fsync(folder.get()) != 0) return fault(name, errno);
    return sdk::Done{};
  }

  [[nodiscard]] sdk::Error fault(const std::string& name, int error) const {
    const std::string cause = std::strerror(error);
    if (error == EACCES || error == EPERM || error == EROFS)
      return sdk::config_error(
          "FOLDER_RIGHTS", place(name), cause, "give the hub's user the right to it");
    if (error == ENOENT || error == ENOTDIR)
      return sdk::config_error(
          "FOLDER_MISSING", place(name), cause, "make the folder, or mend its path");
    return sdk::retry("FOLDER_IO", place(name), cause, "see the disk: space, mount, errors");
  }

  fs::path root_;
};

}  // namespace

std::unique_ptr<FileStore> local_folder(std::string path) {
  return std::make_unique<LocalFolder>(std::move(path));
}

}  // namespace concord::child_welfare
