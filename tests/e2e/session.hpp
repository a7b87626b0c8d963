// A caller with a key, and the shorthands of the tests for what it sends.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "e2e/running_server.hpp"

namespace partnerd::e2e {

struct Answer {
    int status = 0;
    boost::json::value body;  // null when it is no JSON
    http::ClientResponse raw;

    std::string code() const;                         // of a problem, or empty
    std::string text(std::string_view member) const;  // of the body, or empty
};

// One connection; one thread at a time. Throws std::runtime_error when the connection breaks.
class Session {
  public:
    Session(RunningServer const& server, std::string key);
    Session(std::uint16_t port, std::string key);

    Answer get(std::string target) { return send("GET", std::move(target), {}); }
    Answer post(std::string target, std::string body, std::string idempotency_key = {});
    Answer post(std::string target, boost::json::object const& body, std::string idempotency_key = {});
    // As a merchant's queue does it: sent again while the server is too busy for it (503, 504), which says that nothing was recorded.
    Answer post_patiently(std::string const& target, std::string const& body, std::string const& idempotency_key = {});
    Answer send(std::string method, std::string target, std::string body, std::vector<routing::Field> headers = {});
    void set_timeout(std::chrono::milliseconds timeout) { client_.set_timeout(timeout); }
    void disconnect() noexcept { client_.disconnect(); }

    // Every row of a list, over all pages.
    boost::json::array all(std::string const& target);

  private:
    http::Client client_;
    std::string key_;
};

boost::json::object money(std::string_view amount, std::string_view currency);
boost::json::value parsed(std::string const& text);  // throws std::runtime_error with the text when it is no JSON

// `partnerd key create`, beside the server or without one.
std::string create_key(Installation const& installation, std::vector<std::string> const& words = {"--kind", "operator"});

}  // namespace partnerd::e2e
