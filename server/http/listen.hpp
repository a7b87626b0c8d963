// Listening sockets. Errors are std::system_error whose message names the address and the way out. [main]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace partnerd::http {

struct TcpListeners {
    std::vector<int> descriptors;  // one for each thread, on one port (SO_REUSEPORT); the caller closes them
    std::uint16_t port = 0;
};

TcpListeners listen_tcp(std::string const& address, unsigned count);
// Mode 0600 from the first moment. Takes the place of a socket file that nobody listens on any more.
int listen_unix(std::string const& path);

}  // namespace partnerd::http
