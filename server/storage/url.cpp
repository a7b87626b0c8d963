#include "storage/url.hpp"

#include <tuple>
#include <utility>

namespace partnerd::storage {
namespace {

constexpr char const* forms =
    "; write sqlite:///var/lib/partnerd/partnerd.db, sqlite:relative/path.db or postgresql://user:password@host:5432/name";

[[noreturn]] void refuse(std::string const& what) { throw Failure(Failure::Category::syntax, "storage.url: " + what + forms); }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        int const high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        int const low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) refuse("a % that is not followed by two hexadecimal digits");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::pair<std::string_view, std::string_view> cut(std::string_view text, char at) {
    auto const position = text.find(at);
    if (position == std::string_view::npos) return {text, {}};
    return {text.substr(0, position), text.substr(position + 1)};
}

// SOCI splits the string at blanks and '=' and knows no quotes, so a value must not need any.
void add_word(std::string& conninfo, std::string_view key, std::string_view raw) {
    if (raw.empty()) return;
    auto const value = percent_decoded(raw);
    if (value.find_first_of(" \t\r\n\f\v'\\=") != std::string::npos || value.find('\0') != std::string::npos)
        refuse("the " + std::string(key) +
               " contains a blank, a quote, a backslash, '=' or a NUL, which cannot be handed on;"
               " for a password use a passfile (PGPASSFILE or ~/.pgpass)");
    if (!conninfo.empty()) conninfo += ' ';
    conninfo += std::string(key) + '=' + value;
}

// "host", "host:port" or "[::1]:port"; a port that is missing is empty.
std::pair<std::string_view, std::string_view> host_and_port(std::string_view server) {
    if (!server.starts_with('[')) return cut(server, ':');
    auto const end = server.find(']');
    if (end == std::string_view::npos) refuse("an IPv6 address without its closing bracket");
    return {server.substr(1, end - 1), cut(server.substr(end + 1), ':').second};
}

// Servers between commas, of which libpq takes the first that answers as target_session_attrs wants it.
void add_servers(std::string& conninfo, std::string_view authority) {
    std::string hosts, ports;
    bool any_port = false;
    for (bool more = !authority.empty(); more;) {
        more = authority.find(',') != std::string_view::npos;
        auto const [server, others] = cut(authority, ',');
        auto const [host, port] = host_and_port(server);
        hosts += std::string(host) + (more ? "," : "");
        ports += std::string(port) + (more ? "," : "");
        any_port = any_port || !port.empty();
        authority = others;
    }
    add_word(conninfo, "host", hosts);
    if (any_port) add_word(conninfo, "port", ports);
}

Url postgresql_url(std::string_view rest) {
    auto const [address, query] = cut(rest, '?');
    auto const slash = address.find('/');
    auto authority = address.substr(0, slash);
    auto const name = slash == std::string_view::npos ? std::string_view() : address.substr(slash + 1);
    std::string_view user, password;
    if (auto const at = authority.rfind('@'); at != std::string_view::npos) {
        std::tie(user, password) = cut(authority.substr(0, at), ':');
        authority = authority.substr(at + 1);
    }
    if (name.empty()) refuse("the name of the database is missing");
    Url url{Dialect::postgresql, {}, {}, {}};
    add_servers(url.conninfo, authority);
    add_word(url.conninfo, "user", user);
    add_word(url.conninfo, "password", password);
    add_word(url.conninfo, "dbname", name);
    for (auto words = query; !words.empty();) {
        auto const [word, others] = cut(words, '&');
        auto const [key, value] = cut(word, '=');
        if (key.empty() || key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") != std::string_view::npos)
            refuse("a malformed parameter behind '?'");
        add_word(url.conninfo, key, value);
        words = others;
    }
    url.shown =
        "postgresql://" + (user.empty() ? std::string() : std::string(user) + '@') + std::string(authority) + '/' + std::string(name);
    return url;
}

}  // namespace

Url parse_url(std::string_view text) {
    if (text.empty()) refuse("it is empty");
    for (auto const* scheme : {"postgresql://", "postgres://"})
        if (text.starts_with(scheme)) return postgresql_url(text.substr(std::string_view(scheme).size()));
    if (!text.starts_with("sqlite:")) refuse("\"" + std::string(text.substr(0, text.find(':'))) + "\" is no known kind of database");
    auto path = text.substr(7);
    if (path.starts_with("///")) path.remove_prefix(2);
    else if (path.starts_with("//")) refuse("behind sqlite:// comes an absolute path, so that there are three slashes");
    if (path.empty() || path.ends_with('/')) refuse("the path of the file is missing");
    if (path.find('\0') != std::string_view::npos || path.find('"') != std::string_view::npos)
        refuse("the path contains a quotation mark or a NUL");
    if (path.starts_with("file:") || path == ":memory:") refuse("the path is a plain one");
    return Url{Dialect::sqlite, std::string(path), {}, "sqlite:" + std::string(path)};
}

}  // namespace partnerd::storage
