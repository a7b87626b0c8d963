#include "routing/page.hpp"

#include <charconv>

#include "routing/json_writer.hpp"

namespace partnerd::routing {

Result<PageQuery> parse_page(Request const& request, std::string_view prefix, std::int64_t default_limit, std::int64_t max_limit) {
    PageQuery page{default_limit, 0};
    if (auto const text = request.param("limit")) {
        auto const [end, failed] = std::from_chars(text->data(), text->data() + text->size(), page.limit);
        if (failed != std::errc() || end != text->data() + text->size() || page.limit < 1 || page.limit > max_limit)
            return Error(errc::invalid_query, "limit must be a whole number from 1 to " + std::to_string(max_limit), "limit");
    }
    if (auto const text = request.param("starting_after")) {
        auto const after = parse_id(prefix, *text);
        if (!after)
            return Error(errc::invalid_cursor, "starting_after must be an id that begins with " + std::string(prefix) + "_",
                         "starting_after");
        page.after = *after;
    }
    return page;
}

std::string page_json(std::string_view rows, bool has_more, std::string_view next_cursor) {
    std::string text;
    text.reserve(rows.size() + 80);
    text.append("{\"data\":[").append(rows).append("],\"has_more\":").append(has_more ? "true" : "false").append(",\"next_cursor\":");
    if (has_more) append_json_string(text, next_cursor);
    else text += "null";
    text += "}";
    return text;
}

}  // namespace partnerd::routing
