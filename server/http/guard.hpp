// The strict guard before the parser. Beast 1.81 takes framing that RFC 9112 forbids or leaves open, and what two parsers read
// differently is how requests are smuggled; so everything ambiguous is refused here, on the raw bytes.
// Pure: no I/O, no clock. [any thread]
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "domain/result.hpp"
#include "http/settings.hpp"
#include "routing/request.hpp"

namespace partnerd::http {

// How the message is framed and how the connection goes on. Views point into the bytes that were checked.
struct Framing {
    std::string_view method;
    std::string_view target;
    int version = 11;  // 10 or 11
    bool chunked = false;
    std::uint64_t content_length = 0;
    bool keep_alive = true;
    bool expects_continue = false;

    bool has_body() const noexcept { return chunked || content_length > 0; }
};

// Looks for the end of the header in `bytes`, which may still grow. `scanned` is where the last call stopped; start with 0.
// The length of the header with its empty line, or 0 when more bytes are needed. One empty line before the request line is
// skipped (RFC 9112, 2.2) and counted in the length.
// Errors: malformed_request (a bare LF), target_too_long, header_too_large: known without waiting for the end.
Result<std::size_t> find_header_end(std::string_view bytes, std::size_t& scanned, Limits const& limits);

// Judges a whole header, as found by find_header_end, and puts its fields into `fields`: views of `header`, names in whatever case they
// came, values without the spaces around them.
// Errors: malformed_request, unsupported_version, target_too_long, header_too_large, expectation_failed, method_not_allowed.
Result<Framing> check_header(std::string_view header, Limits const& limits, std::vector<routing::FieldView>& fields);

}  // namespace partnerd::http
