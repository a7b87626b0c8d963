#include "config/check.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <cstdint>
#include <optional>

#include "domain/text.hpp"

namespace partnerd::config {

namespace {

std::optional<int> number(std::string_view text) {
    int value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
    return value;
}

bool is_address(int family, std::string const& text) {
    std::uint8_t bytes[16];
    return ::inet_pton(family, text.c_str(), bytes) == 1;
}

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

}  // namespace

std::string check_listen(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == text.size()) return "this has no port";
    auto const port = number(text.substr(colon + 1));
    if (!port || *port > 65535) return "the port is not a number from 0 to 65535";
    auto const host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']') && is_address(AF_INET6, std::string(host.substr(1, host.size() - 2)))) return {};
    if (host.find(':') != std::string_view::npos || host.starts_with('[')) return "an IPv6 address needs brackets and must be well-formed";
    if (!is_host_name(host)) return "the address is neither an IP address nor a host name";
    return {};
}

std::string check_listen_or_none(std::string_view text) { return text.empty() ? std::string() : check_listen(text); }

std::string check_public_url(std::string_view text) {
    auto const url = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
    if (!url) return "this is not a URL";
    auto const scheme = lower_ascii(std::string_view(url->scheme().data(), url->scheme().size()));
    if (scheme != "http" && scheme != "https") return "the scheme must be http or https";
    if (url->has_userinfo()) return "a public URL has no user or password";
    if (url->encoded_host().empty()) return "the host is missing";
    if (url->has_query() || url->has_fragment()) return "a public URL has no query and no fragment";
    if (text.ends_with('/')) return "there must be no slash at the end";
    return {};
}

std::string check_public_url_or_none(std::string_view text) { return text.empty() ? std::string() : check_public_url(text); }

std::string check_address_block(std::string_view text) {
    auto const slash = text.find('/');
    std::string const address(text.substr(0, slash));
    bool const v4 = is_address(AF_INET, address), v6 = is_address(AF_INET6, address);
    if (!v4 && !v6) return "this is neither an IP address nor a block such as 10.0.0.0/8";
    if (slash == std::string_view::npos) return {};
    auto const bits = slash + 1 < text.size() ? number(text.substr(slash + 1)) : std::nullopt;
    if (!bits || *bits > (v4 ? 32 : 128)) return v4 ? "the prefix length is not from 0 to 32" : "the prefix length is not from 0 to 128";
    return {};
}

std::string check_storage_url(std::string_view text) {
    if (text.starts_with("postgresql://") || text.starts_with("postgres://"))
        return text.size() > text.find("://") + 3 ? std::string() : std::string("the URL names neither a host nor a database");
    if (!text.starts_with("sqlite:")) return "the URL begins with neither sqlite: nor postgresql://";
    auto path = text.substr(7);
    if (path.starts_with("//") && !path.starts_with("///"))
        return "an SQLite URL has three slashes (sqlite:///absolute/path) or none (sqlite:relative/path)";
    if (path.starts_with("//")) path.remove_prefix(2);
    if (path.empty() || path.ends_with('/') || path == ":memory:") return "the URL names no file";
    return {};
}

std::string check_socket_path(std::string_view text) {
    return text.size() <= 107 ? std::string() : "a socket's path has at most 107 bytes";
}

std::string check_plugin_id(std::string_view text) {
    if (text == "partnerd") return "this id belongs to the server";
    bool const shape =
        text.size() >= 2 && text.size() <= 31 && text[0] >= 'a' && text[0] <= 'z' &&
        std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    return shape ? std::string() : "an id is 2 to 31 of a-z, 0-9 and '_', and begins with a letter";
}

}  // namespace partnerd::config
