// Cursor pages: ?limit=25&starting_after=<id>, answered as {"data":[...],"has_more":true,"next_cursor":"cnv_..."}.
#pragma once

#include <string>
#include <string_view>

#include "domain/id.hpp"
#include "routing/request.hpp"

namespace partnerd::routing {

struct PageQuery {
    std::int64_t limit = 25;
    Id after = 0;  // 0: from the start
};
// invalid_query for a limit that is not 1 to max_limit, invalid_cursor for an id without this prefix.
Result<PageQuery> parse_page(Request const& request, std::string_view prefix, std::int64_t default_limit = 25,
                             std::int64_t max_limit = 100);
// `rows`: JSON objects separated by commas. next_cursor is null when there is no more.
std::string page_json(std::string_view rows, bool has_more, std::string_view next_cursor);

}  // namespace partnerd::routing
