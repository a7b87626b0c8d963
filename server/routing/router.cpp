#include "routing/router.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "domain/text.hpp"

namespace partnerd::routing {

namespace {

constexpr std::string_view methods[] = {"DELETE", "GET", "PATCH", "POST", "PUT"};

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_unreserved(char c) {  // RFC 3986 section 2.3
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

bool is_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

// The segments of "/a/b": {"a", "b"}; false when there are too many or no leading slash.
bool split(std::string_view path, std::array<std::string_view, max_segments>& segments, std::size_t& count) {
    count = 0;
    if (path.empty() || path.front() != '/') return false;
    if (path == "/") return true;
    while (!path.empty()) {
        if (count == max_segments) return false;
        path.remove_prefix(1);
        auto const end = std::min(path.find('/'), path.size());
        segments[count++] = path.substr(0, end);
        path.remove_prefix(end);
    }
    return true;
}

Error bad_route(Route const& route, std::string const& why) {
    return Error(errc::invalid_config, "the route " + route.method + " " + route.path + " " + why);
}

std::string owner(Route const& route) { return route.plugin.empty() ? "the core" : "plugin " + route.plugin; }

}  // namespace

struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    std::unique_ptr<Node> parameter;
    std::vector<RouteEntry const*> entries;  // one per method

    RouteEntry const* entry(std::string_view method) const {
        auto const found = std::find_if(entries.begin(), entries.end(), [&](auto const* e) { return e->route.method == method; });
        return found == entries.end() ? nullptr : *found;
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

namespace {

Status read_path(RouteEntry& entry) {
    auto const& path = entry.route.path;
    std::array<std::string_view, max_segments> segments;
    std::size_t count = 0;
    if (!split(path, segments, count)) return bad_route(entry.route, "needs a path that begins with '/' and has at most 24 segments");
    for (std::size_t i = 0; i < count; ++i) {
        auto const segment = segments[i];
        if (is_parameter(segment)) {
            std::string const name(segment.substr(1, segment.size() - 2));
            if (!is_handle(name)) return bad_route(entry.route, "has a parameter with the name '" + name + "'; use a-z 0-9 _");
            if (std::count(entry.parameters.begin(), entry.parameters.end(), name) > 0)
                return bad_route(entry.route, "has {" + name + "} twice");
            entry.parameters.push_back(name);
            entry.has_program = entry.has_program || name == "program";
        } else if (segment.empty() || segment == "." || segment == ".." || !std::all_of(segment.begin(), segment.end(), is_unreserved)) {
            return bad_route(entry.route, "has the segment '" + std::string(segment) + "'; use unreserved characters or one {parameter}");
        }
    }
    return {};
}

Status read_scopes(RouteEntry& entry) {
    std::string_view rest = entry.route.scopes;
    while (!(rest = trim(rest)).empty()) {
        auto const word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(word.size());
        if (word == "public") entry.open = true;
        else if (word == "operator") entry.kinds |= 1u << static_cast<int>(PrincipalKind::operator_);
        else if (word == "merchant") entry.kinds |= 1u << static_cast<int>(PrincipalKind::merchant);
        else if (word == "partner") entry.kinds |= 1u << static_cast<int>(PrincipalKind::partner);
        else return bad_route(entry.route, "has the scope '" + std::string(word) + "'; there are public, operator, merchant, partner");
    }
    if (!entry.open && entry.kinds == 0) return bad_route(entry.route, "has no scope; name public, operator, merchant or partner");
    return {};
}

Status check_kind(RouteEntry const& entry) {
    auto const& route = entry.route;
    bool const complete = route.kind == RouteKind::io       ? bool(route.io)
                          : route.kind == RouteKind::worker ? bool(route.work)
                                                            : bool(route.handle);
    if (!complete) return bad_route(route, "has no function for its kind");
    if (std::find(std::begin(methods), std::end(methods), route.method) == std::end(methods))
        return bad_route(route, "has a method that routes do not have; HEAD and OPTIONS are answered for GET");
    if (route.kind == RouteKind::write && route.method == "GET") return bad_route(route, "writes, but GET must be safe");
    return {};
}

std::string allowed_methods(std::vector<RouteEntry const*> const& entries) {
    std::vector<std::string_view> names{"OPTIONS"};
    for (auto const* entry : entries) {
        names.push_back(entry->route.method);
        if (entry->route.method == "GET") names.push_back("HEAD");
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (auto const name : names) text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

}  // namespace

Status Router::add(Route route) {
    auto entry = std::make_unique<RouteEntry>();
    entry->route = std::move(route);
    for (auto const& check : {read_path(*entry), read_scopes(*entry), check_kind(*entry)})
        if (!check) return check;
    std::array<std::string_view, max_segments> segments;
    std::size_t count = 0;
    split(entry->route.path, segments, count);
    Node* node = root_.get();
    for (std::size_t i = 0; i < count; ++i) {
        auto& child = is_parameter(segments[i]) ? node->parameter : node->children[std::string(segments[i])];
        if (!child) child = std::make_unique<Node>();
        node = child.get();
    }
    if (auto const* other = node->entry(entry->route.method))
        return bad_route(entry->route, "of " + owner(entry->route) + " collides with " + other->route.path + " of " + owner(other->route));
    node->entries.push_back(entry.get());
    entries_.push_back(std::move(entry));
    return {};
}

bool decode_segment(std::string_view raw, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%') {
            out += raw[i];
            continue;
        }
        int const high = i + 2 < raw.size() ? hex_digit(raw[i + 1]) : -1;
        int const low = i + 2 < raw.size() ? hex_digit(raw[i + 2]) : -1;
        if (high < 0 || low < 0) return false;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out != "." && out != ".." && !has_control(out) && is_utf8(out);
}

namespace {

struct Segment {
    std::string_view raw;
    std::string_view text;  // decoded
};

// The walk down the tree: static children first, then the parameter, with a way back.
struct Walk {
    std::array<Segment, max_segments> segments;
    std::size_t count = 0;
    std::array<std::string_view, max_segments>* taken = nullptr;

    template <class Node>
    Node const* find(Node const& node, std::size_t at, std::size_t parameters) const {
        if (at == count) return node.entries.empty() ? nullptr : &node;
        auto const& segment = segments[at];
        auto const fixed = node.children.find(segment.text);
        if (fixed != node.children.end())
            if (auto const* found = find(*fixed->second, at + 1, parameters)) return found;
        if (!node.parameter || segment.text.empty()) return nullptr;
        (*taken)[parameters] = segment.raw;
        return find(*node.parameter, at + 1, parameters + 1);
    }
};

}  // namespace

Match Router::find(std::string_view method, std::string_view path) const {
    Match match;
    std::array<std::string_view, max_segments> raw;
    Walk walk;
    if (!split(path, raw, walk.count)) return match;
    std::vector<std::string> decoded;
    decoded.reserve(path.find('%') == std::string_view::npos ? 0 : walk.count);
    for (std::size_t i = 0; i < walk.count; ++i) {
        walk.segments[i] = {raw[i], raw[i]};
        if (raw[i].find('%') != std::string_view::npos) {
            if (!decode_segment(raw[i], decoded.emplace_back())) return match.error = errc::malformed_request, match;
            walk.segments[i].text = decoded.back();
        } else if (raw[i] == "." || raw[i] == ".." || has_control(raw[i]) || !is_utf8(raw[i])) {
            return match.error = errc::malformed_request, match;
        }
    }
    walk.taken = &match.raw;
    auto const* node = walk.find(*root_, 0, 0);
    if (node == nullptr) return match;
    match.entry = node->entry(method == "HEAD" ? "GET" : method);
    if (match.entry != nullptr) return match;
    match.error = errc::method_not_allowed;
    match.allow = allowed_methods(node->entries);
    return match;
}

std::vector<RouteEntry const*> Router::routes() const {
    std::vector<RouteEntry const*> list;
    for (auto const& entry : entries_) list.push_back(entry.get());
    std::sort(list.begin(), list.end(), [](auto const* a, auto const* b) {
        return std::tie(a->route.path, a->route.method) < std::tie(b->route.path, b->route.method);
    });
    return list;
}

}  // namespace partnerd::routing
