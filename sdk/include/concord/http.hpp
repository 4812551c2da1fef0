// An HTTP client over libcurl for connectors, and the OAuth client that most of them need.
//
// Threads: any number may call one HttpClient or OAuthClient.
// Owns:    an HttpClient keeps its connections open between requests; one a thread at work.
// Repeats: where a kept connection dies before an answer begins, libcurl sends once more by itself.
//          So what must not happen twice carries an idempotency key, as all that Concord writes
//          does.
// Errors:  what the network does is class retry; what the server answers is a response, whatever
//          its status: http_error() turns one into an error of the right class.
// Safety:  redirects are answered to the caller, never followed; http and https only; bodies are
//          capped; no proxy from the environment. A place is method and path: queries may hold more
//          than a log may.
#pragma once

#include <curl/curl.h>

#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <ctime>
#include <mutex>

namespace concord::sdk {

// Names and values, in their order; names compare without case.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// One request. Nothing of it is logged.
struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  HttpHeaders headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout{30000};   // of the whole exchange
  std::string ca_file = {};                   // PEM; empty: the machine's authorities
  size_t body_bytes_max = 64u << 20;          // of the answer
  std::function<bool()> cancelled = nullptr;  // asked about once a second
};

// What the server answered, whatever its status.
struct HttpResponse {
  long status = 0;
  HttpHeaders headers = {};
  std::string body = {};
  // The value of the first header so named, whatever its case; empty: none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (curl_strnequal(key.c_str(), name.data(), name.size()) != 0 && key.size() == name.size())
        return value;
    return {};
  }
};

// The path of a URL, without host, user, query or fragment.
inline std::string url_path(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  if (path == std::string_view::npos) return "/";
  url.remove_prefix(path);
  return std::string(url.substr(0, url.find_first_of("?#")));
}

// Percent-encodes all but letters, digits and -._~
inline std::string url_encode(std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
        c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return out;
}

// "a=1&b=x%20y"
inline std::string form_encode(const HttpHeaders& fields) {
  std::string out;
  for (const auto& [name, value] : fields)
    out += (out.empty() ? "" : "&") + url_encode(name) + '=' + url_encode(value);
  return out;
}

// Sends requests, each within its own deadline. Threads: any number.
class HttpClient {
 public:
  HttpClient() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)ready;
  }
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient() {
    for (CURL* handle : idle_) curl_easy_cleanup(handle);
  }

  // Sends and waits for the whole answer. An Error only where none came.
  Result<HttpResponse> send(const HttpRequest& request) {
    const std::string place = request.method + " " + url_path(request.url);
    if (request.timeout <= std::chrono::milliseconds::zero())
      return retry("HTTP_TIMEOUT", place, "no time was left to ask", "raise the job's deadline");
    for (const auto& [name, value] : request.headers)
      if ((name + value).find_first_of("\r\n") != std::string::npos)
        return config_error("HTTP_HEADER", place, "a line end in header " + name, "take it out");
    CURL* handle = take();
    if (handle == nullptr)
      return retry("HTTP_CLIENT", place, "no HTTP handle could be made", "free some memory");
    Exchange exchange{&request, {}, false};
    const CURLcode code = run(handle, request, exchange);
    if (code == CURLE_OK)
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &exchange.response.status);
    give_back(handle);
    if (code == CURLE_OK) return std::move(exchange.response);
    return error_of(code, exchange, request, place);
  }

 private:
  struct Exchange {
    const HttpRequest* request;
    HttpResponse response;
    bool too_large;
  };
  using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

  CURL* take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return curl_easy_init();
    CURL* handle = idle_.back();
    idle_.pop_back();
    return handle;
  }
  void give_back(CURL* handle) {
    curl_easy_reset(handle);  // keeps its connections
    const std::lock_guard lock(mutex_);
    idle_.push_back(handle);
  }

  static CURLcode run(CURL* handle, const HttpRequest& request, Exchange& exchange) {
    List headers(nullptr, curl_slist_free_all);
    auto add = [&](const std::string& line) {
      if (curl_slist* longer = curl_slist_append(headers.get(), line.c_str())) {
        (void)headers.release();
        headers.reset(longer);
      }
    };
    for (const auto& [name, value] : request.headers)
      add(value.empty() ? name + ";" : name + ": " + value);
    add("Expect:");  // no 100-continue: it costs a round trip
    auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!request.ca_file.empty()) set(CURLOPT_CAINFO, request.ca_file.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET" || !request.body.empty()) {
      set(CURLOPT_POSTFIELDS, request.body.data());
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::min<int64_t>(request.timeout.count(), 10000)));
    set(CURLOPT_WRITEFUNCTION, &HttpClient::on_body);
    set(CURLOPT_WRITEDATA, &exchange);
    set(CURLOPT_HEADERFUNCTION, &HttpClient::on_header);
    set(CURLOPT_HEADERDATA, &exchange);
    if (request.cancelled) {
      set(CURLOPT_NOPROGRESS, 0L);
      set(CURLOPT_XFERINFOFUNCTION, &HttpClient::on_progress);
      set(CURLOPT_XFERINFODATA, &exchange);
    }
    return curl_easy_perform(handle);
  }

  static size_t on_body(char* data, size_t one, size_t size, void* to) {
    auto& exchange = *static_cast<Exchange*>(to);
    if (exchange.response.body.size() + one * size > exchange.request->body_bytes_max) {
      exchange.too_large = true;
      return 0;
    }
    exchange.response.body.append(data, one * size);
    return one * size;
  }
  static size_t on_header(char* data, size_t one, size_t size, void* to) {
    auto& response = static_cast<Exchange*>(to)->response;
    std::string_view line(data, one * size);
    if (line.starts_with("HTTP/")) response.headers.clear();  // after a 1xx
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && response.headers.size() < 200) {
      auto trimmed = [](std::string_view text) {
        const size_t first = text.find_first_not_of(" \t\r\n");
        if (first == std::string_view::npos) return std::string();
        return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
      };
      response.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return one * size;
  }
  static int on_progress(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(of)->request->cancelled() ? 1 : 0;
  }

  static Error error_of(CURLcode code,
                        const Exchange& exchange,
                        const HttpRequest& request,
                        const std::string& place) {
    // curl's own text may quote the URL, so the code's fixed sentence is used.
    const std::string cause = curl_easy_strerror(code);
    switch (code) {
      case CURLE_OPERATION_TIMEDOUT:
        return retry("HTTP_TIMEOUT",
                     place,
                     "no answer within " + std::to_string(request.timeout.count()) + " ms",
                     "see whether the system is up and how fast it answers");
      case CURLE_ABORTED_BY_CALLBACK:
        return retry(
            "HTTP_CANCELLED", place, "the hub ended the call", "nothing; it is done again");
      case CURLE_WRITE_ERROR:
        if (!exchange.too_large) break;
        return config_error("HTTP_BODY_SIZE",
                            place,
                            "the answer is larger than the " +
                                std::to_string(request.body_bytes_max) + " bytes allowed",
                            "ask for smaller pages");
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
        return config_error("HTTP_URL", place, cause, "write a full http:// or https:// URL");
      case CURLE_PEER_FAILED_VERIFICATION:
        return config_error("TLS_UNTRUSTED",
                            place,
                            "the server's certificate is not trusted for this host",
                            "set ca_file to the authority that signed it, and check the host name");
      case CURLE_SSL_CACERT_BADFILE:
        return config_error(
            "TLS_CA_FILE", place, "ca_file cannot be read", "check path and rights");
      default:
        break;
    }
    return retry("HTTP_NETWORK", place, cause, "see whether the system is up and reachable");
  }

  std::mutex mutex_;  // guards idle_
  std::vector<CURL*> idle_;
};

// Retry-After in either form; nullopt: not said or not understood.
inline std::optional<std::chrono::milliseconds> retry_after_of(
    const HttpResponse& response, std::time_t now = std::time(nullptr)) {
  const std::string text(response.header("Retry-After"));
  if (text.empty()) return std::nullopt;
  int64_t seconds = 0;
  if (text.find_first_not_of("0123456789") == std::string::npos) {
    if (text.size() > 9) return std::nullopt;
    seconds = std::stoll(text);
  } else {
    const std::time_t at = curl_getdate(text.c_str(), nullptr);
    if (at < 0) return std::nullopt;
    seconds = std::max<int64_t>(0, at - now);
  }
  return std::chrono::seconds(seconds);
}

// What a status other than 2xx means for the hub.
inline Error http_error(const HttpResponse& response, std::string place) {
  const long status = response.status;
  Error error{ErrorClass::bad_record,
              "HTTP_" + std::to_string(status),
              std::move(place),
              "the system answered " + std::to_string(status),
              "see the system's documentation for this answer",
              retry_after_of(response)};
  if (status == 401 || status == 403) {
    error.error_class = ErrorClass::auth;
    error.next = "check the credentials and what they may do at that system";
  } else if (status == 429) {
    error.error_class = ErrorClass::rate_limited;
    error.next = "nothing; it is asked again later";
  } else if (status == 408 || status == 425 || status >= 500) {
    error.error_class = ErrorClass::retry;
    error.next = "nothing; it is asked again. If it lasts, tell the system's owner";
  } else if (status < 400) {
    error.error_class = ErrorClass::config;
    error.next = "set the URL to where the system answers itself; redirects are not followed";
  } else if (status == 404 || status == 405) {
    error.next = "check the URL and the paths in the system's settings";
  }
  return error;
}

}  // namespace concord::sdk

#include <concord/detail/oauth.hpp>
