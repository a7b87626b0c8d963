#include "programs/destination.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

#include "domain/text.hpp"

namespace partnerd::programs {

namespace {

bool is_host_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

// A DNS name with a letter in its last label: Boost.URL takes "2130706433" and "0x7f.1" as names, browsers take them as addresses.
bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > 253 || host.starts_with('.') || host.ends_with('.') || host.find("..") != std::string_view::npos) return false;
    if (!std::all_of(host.begin(), host.end(), is_host_character)) return false;
    if (host == "localhost") return true;
    auto const dot = host.rfind('.');
    if (dot == std::string_view::npos) return false;
    auto const last = host.substr(dot + 1);
    return last[0] >= 'a' && last[0] <= 'z';
}

bool matches(std::string_view host, std::string_view pattern) {
    if (!pattern.starts_with("*.")) return host == pattern;
    auto const suffix = pattern.substr(1);
    return host.size() > suffix.size() && host.ends_with(suffix);
}

}  // namespace

bool is_host_pattern(std::string_view text) { return is_host_name(text.starts_with("*.") ? text.substr(2) : text); }

std::string host_of(std::string_view url) {
    auto const parsed = boost::urls::parse_uri(url);
    if (!parsed) return {};
    return lower_ascii(parsed->encoded_host());
}

Status check_destination(std::string_view url, std::vector<std::string> const& hosts) {
    auto const shown = "'" + std::string(url.substr(0, 80)) + "'";
    if (url.size() > 2048 || has_control(url)) return Error(errc::invalid_destination, "a destination has at most 2048 characters and no control characters");
    auto const parsed = boost::urls::parse_uri(url);
    if (!parsed) return Error(errc::invalid_destination, shown + " is not an absolute URL");
    if (parsed->scheme() != "https" && parsed->scheme() != "http") return Error(errc::invalid_destination, shown + " must begin with https:// or http://");
    if (parsed->has_userinfo()) return Error(errc::invalid_destination, "a destination must not carry a user name");
    auto const host = lower_ascii(parsed->encoded_host());
    if (!is_host_name(host)) return Error(errc::invalid_destination, shown + " does not name a host; addresses are not allowed");
    bool const allowed = hosts.empty() || std::any_of(hosts.begin(), hosts.end(), [&](std::string const& pattern) { return matches(host, pattern); });
    if (!allowed) return Error(errc::host_not_allowed, "the program does not allow links to '" + host + "'");
    return {};
}

}  // namespace partnerd::programs
