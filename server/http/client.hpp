// A small blocking HTTP/1.1 client for the command line and the tests: one connection, kept alive, one request at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "routing/request.hpp"

namespace partnerd::http {

struct ClientRequest {
    std::string method = "GET";
    std::string target = "/";
    std::vector<routing::Field> headers;  // Host, Content-Length and Connection are written by the client
    std::string body;
};

struct ClientResponse {
    int status = 0;
    std::vector<routing::Field> headers;  // names in lower case
    std::string body;

    std::string_view header(std::string_view lower_case_name) const noexcept;  // the first, or empty
};

// Not copied; one thread at a time. Infrastructure failure is std::runtime_error naming the address: refused, reset, timed out, not HTTP.
class Client {
  public:
    static Client tcp(std::string host, std::uint16_t port);
    static Client unix_socket(std::string path);
    Client(Client&& other) noexcept;
    Client& operator=(Client&& other) noexcept;
    ~Client();

    void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }  // for a whole request; 30 s
    // Connects when needed. A kept connection that the server has closed meanwhile is opened anew once, and only when not a byte of an
    // answer came, for GET and HEAD or with an Idempotency-Key: no other request may be sent twice.
    ClientResponse send(ClientRequest const& request);
    ClientResponse get(std::string target);
    ClientResponse post(std::string target, std::string body, std::vector<routing::Field> headers = {});
    void disconnect() noexcept;

  private:
    using Deadline = std::chrono::steady_clock::time_point;
    Client() = default;

    void connect(Deadline deadline);
    void write(std::string_view bytes, Deadline deadline);
    std::size_t read_some(Deadline deadline);  // 0 at the end; appends to in_
    void wait(short events, Deadline deadline) const;
    ClientResponse exchange(ClientRequest const& request, Deadline deadline);
    ClientResponse read_response(bool head, Deadline deadline);
    std::string read_exactly(std::size_t size, Deadline deadline);
    std::string read_line(Deadline deadline);
    std::string read_chunks(Deadline deadline);
    std::string read_to_end(Deadline deadline);
    [[noreturn]] void fail(std::string const& what) const;

    std::string host_, path_;
    std::uint16_t port_ = 0;
    std::chrono::milliseconds timeout_{30'000};
    int descriptor_ = -1;
    std::string in_;          // read and not used yet
    bool answering_ = false;  // a byte of the present answer has come
};

}  // namespace partnerd::http
