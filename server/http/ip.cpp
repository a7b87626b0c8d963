#include "http/ip.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "domain/text.hpp"

namespace partnerd::http {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool any_trusts(std::span<Network const> trusted, Ip const& ip) {
    return std::any_of(trusted.begin(), trusted.end(), [&](Network const& network) { return network.contains(ip); });
}

std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
    unsigned value = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || ec != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
    return value;
}

}  // namespace

std::optional<Ip> Ip::parse(std::string_view text) {
    char buffer[INET6_ADDRSTRLEN + 1] = {};
    if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != text.npos) return std::nullopt;
    std::memcpy(buffer, text.data(), text.size());
    Ip ip;
    if (inet_pton(AF_INET6, buffer, ip.bytes.data()) == 1) return ip;
    std::copy(mapped_prefix.begin(), mapped_prefix.end(), ip.bytes.begin());
    if (inet_pton(AF_INET, buffer, ip.bytes.data() + mapped_prefix.size()) == 1) return ip;
    return std::nullopt;
}

std::optional<Ip> Ip::of(sockaddr const& peer) noexcept {
    Ip ip;
    if (peer.sa_family == AF_INET) {
        std::copy(mapped_prefix.begin(), mapped_prefix.end(), ip.bytes.begin());
        std::memcpy(ip.bytes.data() + mapped_prefix.size(), &reinterpret_cast<sockaddr_in const&>(peer).sin_addr, 4);
        return ip;
    }
    if (peer.sa_family == AF_INET6) {
        std::memcpy(ip.bytes.data(), &reinterpret_cast<sockaddr_in6 const&>(peer).sin6_addr, 16);
        return ip;
    }
    return std::nullopt;
}

bool Ip::is_v4() const noexcept { return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin()); }

std::string Ip::text() const {
    char buffer[INET6_ADDRSTRLEN];
    if (is_v4()) return inet_ntop(AF_INET, bytes.data() + mapped_prefix.size(), buffer, sizeof buffer);
    return inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
}

Ip Ip::site() const noexcept {
    Ip site = *this;
    if (!is_v4()) std::fill(site.bytes.begin() + 8, site.bytes.end(), std::uint8_t(0));
    return site;
}

std::size_t IpHash::operator()(Ip const& ip) const noexcept {
    return std::hash<std::string_view>()({reinterpret_cast<char const*>(ip.bytes.data()), ip.bytes.size()});
}

Result<Network> Network::parse(std::string_view text) {
    auto const slash = text.find('/');
    auto const ip = Ip::parse(text.substr(0, slash));
    if (!ip) return Error(errc::invalid_config, "'" + std::string(text) + "' is neither an address nor a network such as 10.0.0.0/8");
    Network network;
    network.base_ = *ip;
    if (slash == text.npos) return network;
    unsigned const most = ip->is_v4() ? 32 : 128;
    auto const bits = parse_number(text.substr(slash + 1), most);
    if (!bits) return Error(errc::invalid_config, "'" + std::string(text) + "': the number after '/' must be 0 to " + std::to_string(most));
    network.bits_ = static_cast<int>(*bits) + (ip->is_v4() ? 96 : 0);
    return network;
}

bool Network::contains(Ip const& ip) const noexcept {
    auto const whole = static_cast<std::size_t>(bits_ / 8);
    if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + static_cast<std::ptrdiff_t>(whole), ip.bytes.begin())) return false;
    if (bits_ % 8 == 0) return true;
    int const shift = 8 - bits_ % 8;
    return (base_.bytes[whole] >> shift) == (ip.bytes[whole] >> shift);
}

Ip client_behind(Ip peer, std::string_view forwarded_for, std::span<Network const> trusted) {
    Ip client = peer;
    while (any_trusts(trusted, client) && !forwarded_for.empty()) {
        auto const comma = forwarded_for.rfind(',');
        auto const entry = trim(comma == forwarded_for.npos ? forwarded_for : forwarded_for.substr(comma + 1));
        forwarded_for = comma == forwarded_for.npos ? std::string_view() : forwarded_for.substr(0, comma);
        auto const ip = Ip::parse(entry);
        if (!ip) return client;
        client = *ip;
    }
    return client;
}

Result<HostPort> parse_host_port(std::string_view text) {
    auto const colon = text.rfind(':');
    auto const port = colon == text.npos ? std::nullopt : parse_number(text.substr(colon + 1), 65535);
    if (!port)
        return Error(errc::invalid_config,
                     "'" + std::string(text) + "' is not an address with a port, such as 127.0.0.1:8080 or [::1]:8080");
    auto host = text.substr(0, colon);
    bool const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host.empty() || (!bracketed && host.find_first_of(":[]") != host.npos))
        return Error(errc::invalid_config, "'" + std::string(text) + "' needs a host before the port; an IPv6 address stands in brackets");
    return HostPort{std::string(host), static_cast<std::uint16_t>(*port)};
}

}  // namespace partnerd::http
