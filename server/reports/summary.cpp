#include "reports/summary.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "domain/calendar.hpp"
#include "domain/invariant.hpp"
#include "tracking/traffic.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;

namespace {

constexpr std::int64_t days_max = 3660;

// What a row of any roll-up may be grouped by; the kind is not read from the traffic.
std::string key_column(GroupBy by) {
    switch (by) {
        case GroupBy::none: return "''";
        case GroupBy::day: return "cast(r.day as text)";
        case GroupBy::link: return "coalesce((select l.code from link l where l.id = r.link), '')";
        case GroupBy::channel: return "coalesce((select l.channel from link l where l.id = r.link), '')";
        case GroupBy::sub1: return "r.sub1";
        case GroupBy::type: return "r.kind";
    }
    return "''";
}

struct Reader {
    Tx& tx;
    SummaryQuery const& query;
    std::map<std::string, SummaryRow>& rows;

    std::string sql(std::string const& key, std::string_view table, std::string_view sums) const {
        // A primary key leads with program and partner; without a partner every partner's days are read.
        return "select " + key + " as k, " + std::string(sums) + " from " + std::string(table) + " r where r.program = :program and " +
               (query.partner != 0 ? "r.partner = :partner" : ":partner = 0") + " and r.day >= :from and r.day <= :to";
    }

    void traffic() const {
        auto const key = query.group_by == GroupBy::type ? std::string("'click'") : key_column(query.group_by);
        for (auto const& [k, clicks, uniques] : tx.query<std::string, std::int64_t, std::int64_t>(
                 sql(key, "rollup_traffic", "cast(coalesce(sum(r.clicks), 0) as bigint), cast(coalesce(sum(r.uniques), 0) as bigint)") + " group by 1",
                 {arg("program", query.program), arg("partner", query.partner), arg("from", query.from_day), arg("to", to_day())})) {
            rows[k].clicks += clicks;
            rows[k].unique_clicks += uniques;
        }
    }
    // What has not reached the roll-up.
    void uncounted() const {
        tracking::for_each_uncounted(tx, query.program, query.partner, [&](tracking::UncountedClick const& click) {
            if (click.day < query.from_day || click.day > to_day()) return;
            auto& row = rows[key_of(click)];
            ++row.clicks;
            row.unique_clicks += click.is_unique ? 1 : 0;
        });
    }
    std::string key_of(tracking::UncountedClick const& click) const {
        switch (query.group_by) {
            case GroupBy::none: break;
            case GroupBy::day: return std::to_string(click.day);
            case GroupBy::link: return click.code;
            case GroupBy::channel: return click.channel;
            case GroupBy::sub1: return click.sub1;
            case GroupBy::type: return "click";
        }
        return "";
    }
    void sales() const {
        for (auto const& [k, conversions, revenue] : tx.query<std::string, std::int64_t, std::int64_t>(
                 sql(key_column(query.group_by), "rollup_sales", "cast(coalesce(sum(r.conversions), 0) as bigint), cast(coalesce(sum(r.revenue_minor), 0) as bigint)") + " group by 1",
                 {arg("program", query.program), arg("partner", query.partner), arg("from", query.from_day), arg("to", to_day())})) {
            rows[k].conversions += conversions;
            rows[k].revenue_minor += revenue;
        }
    }
    void commissions() const {
        for (auto const& [k, payable, gross, reversed, paid] : tx.query<std::string, bool, std::int64_t, std::int64_t, std::int64_t>(
                 sql(key_column(query.group_by), "rollup_commission",
                     "case when r.payable_day <= :as_of then 1 else 0 end as p, cast(coalesce(sum(r.gross_minor), 0) as bigint), cast(coalesce(sum(r.reversed_minor), 0) as bigint), "
                     "cast(coalesce(sum(r.paid_minor), 0) as bigint)") +
                     " and r.event_day <= :as_of group by 1, 2",
                 {arg("program", query.program), arg("partner", query.partner), arg("from", query.from_day), arg("to", to_day()), arg("as_of", query.as_of_day)})) {
            auto& row = rows[k];
            auto const due = gross - reversed - paid;
            (payable ? row.approved_minor : row.pending_minor) += due;
            row.paid_minor += paid;
            row.reversed_minor += reversed;
        }
    }
    std::int64_t to_day() const { return std::min(query.to_day, query.as_of_day); }
};

void add(SummaryRow& total, SummaryRow const& row) {
    total.clicks += row.clicks;
    total.unique_clicks += row.unique_clicks;
    total.conversions += row.conversions;
    total.revenue_minor += row.revenue_minor;
    total.pending_minor += row.pending_minor;
    total.approved_minor += row.approved_minor;
    total.paid_minor += row.paid_minor;
    total.reversed_minor += row.reversed_minor;
}

}  // namespace

std::optional<GroupBy> parse_group_by(std::string_view text) noexcept {
    if (text.empty() || text == "none") return GroupBy::none;
    if (text == "day") return GroupBy::day;
    if (text == "link") return GroupBy::link;
    if (text == "channel") return GroupBy::channel;
    if (text == "sub1") return GroupBy::sub1;
    if (text == "type") return GroupBy::type;
    return std::nullopt;
}

Summary summarise(Tx& tx, SummaryQuery const& query) {
    PARTNERD_INVARIANT(query.to_day - query.from_day <= days_max);
    std::map<std::string, SummaryRow> rows;
    Reader const reader{tx, query, rows};
    reader.traffic();
    reader.uncounted();
    reader.sales();
    reader.commissions();
    Summary summary;
    for (auto& [key, row] : rows) {
        add(summary.total, row);
        row.key = query.group_by == GroupBy::day ? format_day(std::stoll(key)) : key;
        if (query.group_by != GroupBy::none) summary.rows.push_back(std::move(row));
    }
    std::sort(summary.rows.begin(), summary.rows.end(), [](SummaryRow const& a, SummaryRow const& b) { return a.key < b.key; });
    return summary;
}

}  // namespace partnerd::reports
