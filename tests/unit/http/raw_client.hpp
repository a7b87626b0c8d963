// A client that sends the bytes it is told to, well-formed or not, and reads what comes back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.hpp"

namespace partnerd::http::test {

class RawClient {
  public:
    explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
    explicit RawClient(std::string const& unix_path);
    RawClient(RawClient&& other) noexcept;
    RawClient(RawClient const&) = delete;
    RawClient& operator=(RawClient const&) = delete;
    ~RawClient();

    bool send(std::string_view bytes);  // false when the server has closed
    void end_sending();
    bool wait_until_taken();  // Unix socket only: until the server has read all that was sent; false after 10 s
    // The next answer; nothing when the connection ends first, or nothing comes for 20 s.
    std::optional<ClientResponse> read(bool head = false);
    bool read_end();         // true when the server closes without sending more
    std::string read_all();  // until the end

  private:
    bool fill();  // false at the end
    std::optional<std::string> line();

    int descriptor_ = -1;
    std::string in_;
};

}  // namespace partnerd::http::test
