#include "api/summary_query.hpp"

#include "api/offer.hpp"
#include "domain/calendar.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

namespace {

constexpr std::int64_t days_max = 3660;
constexpr std::int64_t default_days = 30;
constexpr QueryWords summary_query[] = {
    {"from", R"({"type":"string","format":"date"})", "The first day, in the program's zone; 30 days up to `to` otherwise"},
    {"to", R"({"type":"string","format":"date"})", "The last day, included; today otherwise"},
    {"as_of", R"({"type":"string","format":"date"})", "What was known at the end of this day; today otherwise"},
    {"group_by", R"({"type":"string","enum":["none","day","link","channel","sub1","type"],"default":"none"})",
     "What the rows of data are"}};

Result<std::int64_t> read_day(routing::Request const& request, std::string_view name, std::int64_t otherwise) {
    auto const text = request.param(name);
    if (!text) return otherwise;
    if (auto day = parse_day(*text)) return *day;
    return Error(errc::invalid_query, "must be a day of the program's zone such as 2017-03-03, without a time", std::string(name));
}

void write_row(routing::JsonWriter& json, reports::SummaryRow const& row, Currency const& currency) {
    auto const money = [&](char const* name, std::int64_t minor) { json.key(name).value(Money{minor, currency}); };
    json.member("clicks", row.clicks).member("unique_clicks", row.unique_clicks).member("conversions", row.conversions);
    money("revenue", row.revenue_minor);
    money("pending", row.pending_minor);
    money("approved", row.approved_minor);
    money("paid", row.paid_minor);
    money("reversed", row.reversed_minor);
}

std::string_view group_name(reports::GroupBy group) {
    switch (group) {
        case reports::GroupBy::none: break;
        case reports::GroupBy::day: return "day";
        case reports::GroupBy::link: return "link";
        case reports::GroupBy::channel: return "channel";
        case reports::GroupBy::sub1: return "sub1";
        case reports::GroupBy::type: return "type";
    }
    return "none";
}

}  // namespace

routing::Route asking_summary(routing::Route route) { return asking(std::move(route), summary_query); }

Result<reports::SummaryQuery> read_summary_query(routing::Request const& request, programs::Program const& program, std::int64_t now_us) {
    if (auto status = only_params(request, summary_query); !status) return status.error();
    auto const group = reports::parse_group_by(request.param("group_by").value_or(""));
    if (!group) return Error(errc::invalid_query, "group_by is one of day, link, channel, sub1, type", "group_by");
    auto const today = day_in_zone(now_us, program.zone);
    auto const to = read_day(request, "to", today);
    if (!to) return to.error();
    auto const from = read_day(request, "from", *to - default_days + 1);
    if (!from) return from.error();
    auto const as_of = read_day(request, "as_of", today);
    if (!as_of) return as_of.error();
    if (*from > *to || *to - *from >= days_max)
        return Error(errc::invalid_query, "from must not be after to, and at most 3660 days before it", "from");
    return reports::SummaryQuery{program.id, request.principal.id, *from, *to, *as_of, *group};
}

std::string summary_json(reports::SummaryQuery const& query, reports::Summary const& summary, Currency const& currency) {
    std::string out;
    routing::JsonWriter json(out);
    json.begin_object()
        .member("from", format_day(query.from_day))
        .member("to", format_day(query.to_day))
        .member("as_of", format_day(query.as_of_day));
    json.member("group_by", group_name(query.group_by)).key("total").begin_object();
    write_row(json, summary.total, currency);
    json.end_object().key("data").begin_array();
    for (auto const& row : summary.rows) {
        json.begin_object().member("key", row.key);
        write_row(json, row, currency);
        json.end_object();
    }
    json.end_array().end_object();
    return out;
}

}  // namespace partnerd::api
