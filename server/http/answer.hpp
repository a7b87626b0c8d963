// The bytes of an answer. Pure. [any thread]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "routing/request.hpp"

namespace partnerd::http {

// What the session knows and the route does not.
struct AnswerFacts {
    std::string_view date;  // as http_date() writes it
    std::string_view request_id;
    bool head = false;   // the request was HEAD: everything but the body
    bool close = false;  // the connection ends with this answer
    bool http10 = false;
};

// Appends status line, fields and body. Cache-Control: no-store and nosniff unless the route said otherwise; no content type without a
// body; no body for 204 and 304; framing fields that a route set are dropped. A header with a line break, or a status that is none,
// becomes a 500 as a whole.
void append_answer(std::string& out, routing::Response const& response, AnswerFacts const& facts);

std::string http_date(std::int64_t at_us);  // "Sun, 06 Nov 1994 08:49:37 GMT"
std::string_view reason_phrase(int status) noexcept;

}  // namespace partnerd::http
