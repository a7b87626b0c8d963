// A request after the guard let it through, and the response that a route fills. No Beast here: the command line and the
// importer make these too.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/id.hpp"
#include "domain/result.hpp"

namespace partnerd::routing {

enum class PrincipalKind : std::int32_t { none = 0, operator_ = 1, merchant = 2, partner = 3 };

// Who asks. Set by the dispatcher from the key; `id` is the partner (partner), the program (merchant) or 0.
struct Principal {
    PrincipalKind kind = PrincipalKind::none;
    Id id = 0;
    Id key = 0;
    bool test = false;   // a test key: full trace, no posting
    std::string scopes;  // space-separated
};

struct Field {
    std::string name, value;
};

struct FieldView {
    std::string_view name, value;
};

class Request {
  public:
    Request() = default;
    Request(Request&&) = default;  // not copied: a copy's headers would be views of the original's
    Request& operator=(Request&&) = default;

    std::string method;
    std::string target;          // as it came: "/v1/programs/shop/public?limit=5"
    // Names in lower case. Views of the session's buffer, which stands still until the answer, or of what add_header() keeps.
    std::vector<FieldView> headers;
    std::string body;
    std::string client_ip;  // behind trusted proxies
    // It came from this process or over the Unix socket, whose file mode says who may: without a key it is an operator's.
    bool from_operator = false;
    std::string request_id;
    Principal principal;
    Id program = 0;  // of {program} in the route's path
    std::int64_t arrived_us = 0;

    std::string_view path() const noexcept { return std::string_view(target).substr(0, target.find('?')); }
    void add_header(std::string_view lower_case_name, std::string_view value);  // copies
    void own_headers();                                                         // copies what are views of another's buffer
    std::string_view header(std::string_view lower_case_name) const noexcept;  // the first, or empty
    bool has_header(std::string_view lower_case_name) const noexcept { return find_header(lower_case_name) != nullptr; }
    FieldView const* find_header(std::string_view lower_case_name) const noexcept;  // the first, or null
    std::string_view cookie(std::string_view name) const noexcept;
    // The nth value of a path parameter, then of the query, then of a form body; decoded. Nothing if absent.
    std::optional<std::string_view> param(std::string_view name, std::size_t nth = 0) const noexcept;
    std::vector<std::pair<std::string, std::string>> params;  // filled by the dispatcher: path parameters first
    std::shared_ptr<void> said;  // what Route::expect read of the body, for Route::handle
    std::size_t path_params = 0;                              // how many of params come from the path

    void clear();  // for reuse; keeps memory

  private:
    std::list<Field> own_;  // where headers point to, if not into a session's buffer
};

class Response {
  public:
    int status = 200;
    std::vector<Field> headers;  // without content-length, date, connection: the session writes those
    std::string body;
    std::string content_type = "application/json";

    void set_header(std::string_view name, std::string_view value);  // replaces; asserts no CR, LF or NUL
    void add_header(std::string_view name, std::string_view value);
    // RFC 9457: application/problem+json with type, title, status, detail, code, and field as "pointer"; 503 with Retry-After.
    void problem(Error const& error);
    void clear();  // for reuse; keeps memory

  private:
    void append(std::string_view name, std::string_view value);
    std::vector<Field> spare_;  // of past answers, for their memory
};

// Splits and decodes "a=1&b=2" (application/x-www-form-urlencoded); invalid_query for bad escapes, bad UTF-8, NUL, > 100 pairs.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);
// The same, for visitors who did not write the URL: what parse_query() would refuse is left out.
std::vector<std::pair<std::string, std::string>> readable_query(std::string_view text);
std::string percent_encode(std::string_view text);  // everything but unreserved characters

}  // namespace partnerd::routing
