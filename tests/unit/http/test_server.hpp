// A server on loopback with a small handler, for one test.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/server.hpp"
#include "unit/http/raw_client.hpp"
#include "unit/http/wire_cases.hpp"

namespace partnerd::http::test {

// Answers each path in its own way, and counts. "/wait/..." is kept until the test lets it go.
class TestHandler final : public routing::Handler {
  public:
    void handle(routing::Exchange& exchange) override;
    std::size_t body_limit(std::string_view method, std::string_view path) const override;

    int calls() const noexcept { return calls_.load(); }
    void wait_for_kept(std::size_t count);
    std::vector<routing::Exchange*> take_kept();

  private:
    std::atomic<int> calls_{0};
    std::mutex mutex_;
    std::condition_variable kept_changed_;
    std::vector<routing::Exchange*> kept_;  // guarded by mutex_
};

struct TestServer {
    explicit TestServer(std::function<void(HttpSettings&)> const& change = {});
    ~TestServer();

    RawClient connect() const { return RawClient(server.port()); }
    RawClient connect_unix() const { return RawClient(unix_path); }
    // Waits until the server has this many connections; false after 20 s.
    bool wait_for_connections(std::size_t count) const;
    std::uint64_t refused(errc code);

    std::string folder;
    std::string unix_path;
    TestHandler handler;
    metrics::Registry registry;
    SystemClock clock;
    Server server;
};

// What every refusal is: its status and code, the connection closed, nothing behind it executed.
void check_refused(RawClient& client, errc code);

inline std::string get(std::string const& target, std::string const& fields = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: example.com\r\n" + fields + "\r\n";
}
inline std::string post(std::string const& target, std::string const& body, std::string const& fields = {}) {
    return "POST " + target + " HTTP/1.1\r\nHost: example.com\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields +
           "\r\n" + body;
}

}  // namespace partnerd::http::test
