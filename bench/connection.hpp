// One kept HTTP/1.1 connection to a server on loopback: a request out, a whole answer in. Answers have Content-Length or no body.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

struct Answer {
    int status = 0;
    std::string_view head;  // both stand until the next request
    std::string_view body;
    bool last = false;  // the server closes the connection behind it
};

class Connection {
  public:
    enum class Reading { more, whole, lost };

    // Throws std::runtime_error when nobody listens.
    Connection(int epoll, std::uint64_t tag, sockaddr_in const& address);
    ~Connection();
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    bool send(std::string_view request);  // false: the connection is lost
    Reading read();
    Answer const& answer() const { return answer_; }
    void reconnect();

    // Of the request under way.
    bool busy = false;
    std::int64_t intended_us = 0;
    std::size_t row = 0;

  private:
    void open();
    bool parse();

    int const epoll_;
    std::uint64_t const tag_;
    sockaddr_in const address_;
    int socket_ = -1;
    std::string in_;
    std::size_t filled_ = 0;
    std::size_t head_size_ = 0, body_size_ = 0;  // 0: the head is not whole yet
    Answer answer_;
};

}  // namespace bench
