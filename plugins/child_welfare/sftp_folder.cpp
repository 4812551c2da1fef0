// SFTP through libcurl. The server must be in known_hosts, and we come with an ed25519 key:
// Debian's libssh2 cannot sign with RSA-SHA2, which servers ask for today.
#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <concord/http.hpp>
#include <mutex>

#include "child_welfare/file_store.hpp"

namespace concord::child_welfare {
namespace {

class SftpFolder : public FileStore {
 public:
  explicit SftpFolder(const SftpSettings& settings) : settings_(settings) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)ready;
    root_ = settings_.path.starts_with("~/") ? "/" + settings_.path : settings_.path;
    while (root_.size() > 1 && root_.ends_with('/')) root_.pop_back();
  }
  ~SftpFolder() override { curl_easy_cleanup(curl_); }

  sdk::Result<std::vector<FileInfo>> list(const std::string& folder,
                                          const sdk::Call& call) override {
    Transfer transfer;
    transfer.bytes_max = 64u << 20;
    const CURLcode code = perform(folder.empty() ? "/" : folder + "/", transfer, call);
    std::vector<FileInfo> files;
    if (missing(code) && !folder.empty()) return files;
    if (code != CURLE_OK) return fault(code, folder);
    std::string_view rest = transfer.in;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      if (auto file = read_line(rest.substr(0, end))) files.push_back(std::move(*file));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::sort(
        files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return files;
  }

  sdk::Result<std::string> fetch(const std::string& name,
                                 size_t bytes_max,
                                 const sdk::Call& call) override {
    Transfer transfer;
    transfer.bytes_max = bytes_max;
    const CURLcode code = perform(name, transfer, call);
    if (transfer.too_large)
      return sdk::bad_record("FILE_SIZE",
                             place(name),
                             "more than the " + std::to_string(bytes_max) + " bytes allowed",
                             "send it in parts, or raise file_bytes_max");
    if (code != CURLE_OK) return fault(code, name);
    return std::move(transfer.in);
  }

  sdk::Status put(const std::string& name, std::string_view bytes, const sdk::Call& call) override {
    Transfer transfer;
    transfer.upload = true;
    transfer.out = bytes;
    const CURLcode code = perform(name, transfer, call);
    if (code != CURLE_OK) return fault(code, name);
    return sdk::Done{};
  }

  sdk::Status rename(const std::string& from,
                     const std::string& to,
                     const sdk::Call& call) override {
    return command("rename " + quoted(from) + " " + quoted(to), to, call);
  }
  sdk::Status remove(const std::string& name, const sdk::Call& call) override {
    return command("rm " + quoted(name), name, call);
  }
  sdk::Status make_folder(const std::string& name, const sdk::Call& call) override {
    return command("*mkdir " + quoted(name), name, call);  // *: it may be there
  }
  [[nodiscard]] std::string place(const std::string& name) const override {
    return "sftp://" + settings_.host + root_ + (name.empty() ? "" : "/" + name);
  }

 private:
  struct Transfer {
    std::string in;
    size_t bytes_max = 0;
    bool too_large = false;
    bool upload = false;
    std::string_view out;
    std::string command;
    const sdk::Call* call = nullptr;
  };

  // "-rw-r--r--    1 owner    group        1234 Nov 24 02:00 name"; nothing for what is no file.
  static std::optional<FileInfo> read_line(std::string_view line) {
    if (line.empty() || line[0] != '-') return std::nullopt;
    std::string_view rest = line;
    std::vector<std::string_view> fields;
    for (int i = 0; i < 8; ++i) {
      const size_t end = rest.find(' ');
      if (end == std::string_view::npos) return std::nullopt;
      fields.push_back(rest.substr(0, end));
      const size_t next = rest.find_first_not_of(' ', end);
      if (next == std::string_view::npos) return std::nullopt;
      // One blank alone stands before the name, which may begin with others.
      rest.remove_prefix(i == 7 ? end + 1 : next);
    }
    FileInfo file;
    file.name = rest;
    for (const char c : fields[4]) {
      if (c < '0' || c > '9') return std::nullopt;
      file.size = file.size * 10 + static_cast<uint64_t>(c - '0');
    }
    file.stamp = std::string(fields[4]) + "-" + std::string(fields[5]) + " " +
                 std::string(fields[6]) + " " + std::string(fields[7]);
    const bool control =
        std::any_of(rest.begin(), rest.end(), [](char c) { return c >= 0 && c < ' '; });
    return control ? std::nullopt : std::optional(std::move(file));
  }

  [[nodiscard]] std::string url(const std::string& name) const {
    std::string out = "sftp://" + settings_.host + ":" + std::to_string(settings_.port);
    const std::string path = root_ + (name.starts_with('/') ? "" : "/") + name;
    size_t at = 0;
    while (at < path.size()) {  // encode between the slashes
      const size_t end = std::min(path.find('/', at), path.size());
      out += sdk::url_encode(path.substr(at, end - at));
      if (end < path.size()) out += '/';
      at = end + 1;
    }
    return out;
  }
  [[nodiscard]] std::string quoted(const std::string& name) const {
    std::string out = "\"";
    for (const char c : root_ + "/" + name) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  }

  sdk::Status command(const std::string& text, const std::string& name, const sdk::Call& call) {
    Transfer transfer;
    transfer.command = text;
    const CURLcode code = perform("/", transfer, call);
    if (code != CURLE_OK) return fault(code, name);
    return sdk::Done{};
  }

  CURLcode perform(const std::string& name, Transfer& transfer, const sdk::Call& call) {
    const std::lock_guard lock(mutex_);
    if (curl_ == nullptr) curl_ = curl_easy_init();
    if (curl_ == nullptr) return CURLE_OUT_OF_MEMORY;
    curl_easy_reset(curl_);  // keeps the connection
    transfer.call = &call;
    auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl_, option, value); };
    const std::string address = url(name);
    set(CURLOPT_URL, address.c_str());
    set(CURLOPT_PROTOCOLS_STR, "sftp");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERNAME, settings_.user.c_str());
    set(CURLOPT_SSH_AUTH_TYPES, static_cast<long>(CURLSSH_AUTH_PUBLICKEY));
    set(CURLOPT_SSH_PRIVATE_KEYFILE, settings_.key_file.c_str());
    set(CURLOPT_SSH_PUBLIC_KEYFILE, "");  // made from the private one
    set(CURLOPT_SSH_KNOWNHOSTS, settings_.known_hosts.c_str());
    set(CURLOPT_SSH_KEYFUNCTION, &SftpFolder::on_host_key);
    const auto left = std::min(settings_.timeout, call.left()).count();
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<int64_t>(1, left)));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &SftpFolder::on_progress);
    set(CURLOPT_XFERINFODATA, &transfer);
    set(CURLOPT_WRITEFUNCTION, &SftpFolder::on_bytes);
    set(CURLOPT_WRITEDATA, &transfer);
    curl_slist* commands = nullptr;
    if (!transfer.command.empty()) {
      commands = curl_slist_append(nullptr, transfer.command.c_str());
      set(CURLOPT_QUOTE, commands);
      set(CURLOPT_NOBODY, 1L);
    }
    if (transfer.upload) {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_READFUNCTION, &SftpFolder::on_ask);
      set(CURLOPT_READDATA, &transfer);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer.out.size()));
    }
    const CURLcode code = curl_easy_perform(curl_);
    curl_slist_free_all(commands);
    return code;
  }

  static int on_host_key(CURL*, const curl_khkey*, const curl_khkey*, curl_khmatch match, void*) {
    return match == CURLKHMATCH_OK ? CURLKHSTAT_FINE : CURLKHSTAT_REJECT;
  }
  static int on_progress(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(of)->call->cancelled() ? 1 : 0;
  }
  static size_t on_bytes(char* data, size_t one, size_t size, void* to) {
    auto& transfer = *static_cast<Transfer*>(to);
    if (transfer.in.size() + one * size > transfer.bytes_max) {
      transfer.too_large = true;
      return 0;
    }
    transfer.in.append(data, one * size);
    return one * size;
  }
  static size_t on_ask(char* data, size_t one, size_t size, void* from) {
    auto& transfer = *static_cast<Transfer*>(from);
    const size_t n = std::min(one * size, transfer.out.size());
    std::copy_n(transfer.out.data(), n, data);
    transfer.out.remove_prefix(n);
    return n;
  }

  static bool missing(CURLcode code) {
    return code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_REMOTE_ACCESS_DENIED;
  }

  [[nodiscard]] sdk::Error fault(CURLcode code, const std::string& name) const {
    const std::string where = place(name);
    if (::access(settings_.known_hosts.c_str(), R_OK) != 0)
      return sdk::config_error("SFTP_KNOWN_HOSTS",
                               where,
                               "known_hosts cannot be read",
                               "write the server's key to it, as its owner gave it to you");
    if (::access(settings_.key_file.c_str(), R_OK) != 0)
      return sdk::config_error(
          "SFTP_KEY_FILE", where, "key_file cannot be read", "check its path and rights");
    const std::string cause = curl_easy_strerror(code);
    switch (code) {
      case CURLE_PEER_FAILED_VERIFICATION:
        return sdk::config_error(
            "SFTP_HOST_KEY",
            where,
            "the server's key is not the one in known_hosts",
            "ask its owner whether the key was changed before you write it in");
      case CURLE_LOGIN_DENIED:
        return sdk::auth_error("SFTP_LOGIN",
                               where,
                               "the server refuses user or key",
                               "have the public key (ed25519) added to the user's account");
      case CURLE_REMOTE_FILE_NOT_FOUND:
        return sdk::config_error("SFTP_MISSING", where, "not there", "mend the path");
      case CURLE_REMOTE_ACCESS_DENIED:
        return sdk::config_error(
            "SFTP_RIGHTS", where, "access denied", "have the user given the right to it");
      default:
        return sdk::retry("SFTP_NETWORK", where, cause, "see whether the server is reachable");
    }
  }

  SftpSettings settings_;
  std::string root_;
  std::mutex mutex_;  // guards curl_: one connection, one thing at a time
  CURL* curl_ = nullptr;
};

}  // namespace

std::unique_ptr<FileStore> sftp_folder(const SftpSettings& settings) {
  return std::make_unique<SftpFolder>(settings);
}

}  // namespace concord::child_welfare
