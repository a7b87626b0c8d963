// What the HTTP edge may be told. All limits are per connection or per message unless they say otherwise.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace partnerd::http {

using std::chrono::milliseconds;

struct Limits {
    std::size_t header_bytes = 16 * 1024;  // request line and fields together: 431
    std::size_t header_fields = 100;       // 431
    std::size_t target_bytes = 8 * 1024;   // 414
};

struct HttpSettings {
    std::string listen = "127.0.0.1:8080";  // host:port, [v6]:port; port 0 takes a free one; empty: no TCP
    std::string unix_socket;                // a path, made with mode 0600; its requests have client_ip "unix"; empty: none
    unsigned threads = 2;
    Limits limits;
    std::size_t unrouted_body_bytes = 64 * 1024;  // read and thrown away where the handler has no such route

    milliseconds header_deadline{10'000};  // from the first byte (or the accept) to the end of the header
    milliseconds body_deadline{30'000};    // lengthened by a second for each min_bytes_per_second received
    milliseconds write_deadline{30'000};   // lengthened likewise
    std::size_t min_bytes_per_second = 500;
    milliseconds idle_deadline{75'000};   // keep-alive without a request
    milliseconds linger_deadline{2'000};  // after the last answer: what the peer still sends is thrown away, so that it reads the answer

    std::size_t requests_per_connection = 10'000;
    std::size_t pipelined_per_turn = 64;       // answered in a row before other connections get their turn
    std::size_t connections_per_ip = 1'024;    // IPv6: per /64; the Unix socket and trusted proxies are exempt
    std::size_t connections = 10'000;          // all together; beyond it nothing is accepted
    std::vector<std::string> trusted_proxies;  // "10.0.0.0/8", "::1"; X-Forwarded-For is believed from these only
};

}  // namespace partnerd::http
