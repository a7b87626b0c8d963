// IP addresses and networks as 16 bytes, IPv4 in its IPv6-mapped form: one comparison for both. Pure. [any thread]
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/result.hpp"

struct sockaddr;

namespace partnerd::http {

struct Ip {
    std::array<std::uint8_t, 16> bytes{};

    static std::optional<Ip> parse(std::string_view text);       // "192.0.2.1", "2001:db8::1"; no brackets, port or zone
    static std::optional<Ip> of(sockaddr const& peer) noexcept;  // nothing for other families
    bool is_v4() const noexcept;
    std::string text() const;  // IPv4 in dotted form
    Ip site() const noexcept;  // what one subscriber has: the address itself, or the /64 of IPv6
    auto operator<=>(Ip const&) const = default;
};

struct IpHash {
    std::size_t operator()(Ip const& ip) const noexcept;
};

class Network {
  public:
    static Result<Network> parse(std::string_view text);  // "10.0.0.0/8", or an address; invalid_config
    bool contains(Ip const& ip) const noexcept;

  private:
    Ip base_;
    int bits_ = 128;  // of the mapped form
};

// Who is behind a chain of trusted proxies: X-Forwarded-For is read from its right end (what the nearest proxy wrote) and the first
// address that is no trusted proxy is the client. Garbage ends the walk: the last address that was understood stands.
Ip client_behind(Ip peer, std::string_view forwarded_for, std::span<Network const> trusted);

struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};
Result<HostPort> parse_host_port(std::string_view text);  // "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; invalid_config

}  // namespace partnerd::http
