// Which route answers a method and a path. Built once; then read by all threads.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "routing/route.hpp"

namespace partnerd::routing {

// A route as the dispatcher uses it: what its texts say, read once.
struct RouteEntry {
    Route route;
    std::vector<std::string> parameters;  // the names in {braces}, in order
    bool open = false;                    // "public" is among the scopes
    std::uint32_t kinds = 0;              // bit 1 << PrincipalKind for each kind of key it takes
    bool has_program = false;             // has {program}
};

inline constexpr std::size_t max_segments = 24;

// The outcome of a look-up. Views point into the path that was asked.
struct Match {
    RouteEntry const* entry = nullptr;               // nothing: `error` says why
    errc error = errc::not_found;                    // not_found, method_not_allowed or malformed_request
    std::string allow;                               // the methods that the path has, for 405 and OPTIONS: "GET, HEAD, OPTIONS"
    std::array<std::string_view, max_segments> raw;  // the segments under the parameters, still percent-encoded
};

class Router {
  public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    // [main] A path is "/a/{b}/c": segments of unreserved characters, or one parameter each. Two routes collide when they have the
    // same method and differ at most in the names of parameters; invalid_config naming both. Also refused: an unknown method or
    // scope, a path that is not well-formed, a kind without its function.
    Status add(Route route);

    // A static segment wins over a parameter, from the left. HEAD finds GET's route. Percent-encoded segments are decoded before
    // they are compared; an encoded slash stays in its segment. malformed_request for bad escapes, bad UTF-8, control characters
    // and dot segments, encoded or not. Does not allocate for a path that is found and has no escapes. [any]
    Match find(std::string_view method, std::string_view path) const;
    // All routes in the order of their paths: for /openapi.json.
    std::vector<RouteEntry const*> routes() const;

  private:
    struct Node;
    std::unique_ptr<Node> root_;
    std::vector<std::unique_ptr<RouteEntry>> entries_;
};

// A segment without its escapes; nothing for what Router::find refuses.
bool decode_segment(std::string_view raw, std::string& out);

}  // namespace partnerd::routing
