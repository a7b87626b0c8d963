#include "reports/partner_report.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>

#include "domain/invariant.hpp"
#include "programs/fx_rate.hpp"
#include "reports/slices.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;

namespace {

struct Bounds {
    Id program = 0;
    std::int64_t as_of_us = 0;
    Currency payout;
};
using Figures = std::map<Id, PartnerFigures>;  // by partner

void add(std::int64_t& to, std::int64_t amount_minor) { to = add_checked(to, amount_minor).value(); }

// A conversion that was declined after as_of counted at as_of; one that was held until it was declined never did.
void add_conversions(Tx& tx, Bounds const& bounds, Window const& window, Figures& figures) {
    using I = std::int64_t;
    for (auto const& [partner, base, currency, exponent, rate] : tx.query<I, I, std::string, I, std::string>(
             "select c.partner, c.base_minor, c.currency, c.exponent, t.fx_rate from conversion c "
             "join conversion_trace t on t.program = c.program and t.conversion = c.id "
             "where c.program = :program and c.id > :after and c.id <= :last and c.test = 0 and c.enrollment <> 0 and c.at_us <= :as_of and (c.state = 'recorded' or "
             "(c.state = 'declined' and not exists (select 1 from commission m where m.conversion = c.id and m.state = 'declined') and "
             "exists (select 1 from adjustment a where a.conversion = c.id and a.type = 'status' and a.at_us > :as_of)))",
             {arg("program", bounds.program), arg("after", window.after), arg("last", window.last), arg("as_of", bounds.as_of_us)})) {
        auto& row = figures[partner];
        ++row.conversions;
        Currency const from(currency, static_cast<int>(exponent));
        add(row.revenue_minor, rate.empty() ? base : programs::convert(base, from, programs::parse_fx_rate(rate).value(), bounds.payout).value());
    }
}

void add_commission(PartnerFigures& row, std::int64_t delta_minor, bool payable) {
    if (delta_minor >= 0) add(row.gross_minor, delta_minor);
    else add(row.reversed_minor, -delta_minor);
    add(payable ? row.payable_minor : row.pending_minor, delta_minor);
}

void add_commissions(Tx& tx, Bounds const& bounds, Window const& window, Figures& figures) {
    constexpr std::string_view posted = "c.program = :program and c.conversion > :after and c.conversion <= :last and c.at_us <= :as_of and c.state not in ('held', 'declined', 'test')";
    std::initializer_list<storage::Arg> const args = {arg("program", bounds.program), arg("after", window.after), arg("last", window.last), arg("as_of", bounds.as_of_us)};
    using I = std::int64_t;
    for (auto const& [partner, gross, payable_at] : tx.query<I, I, I>("select c.partner, c.gross_minor, c.payable_at_us from commission c where " + std::string(posted), args))
        add_commission(figures[partner], gross, payable_at <= bounds.as_of_us);
    for (auto const& [partner, delta, payable_at] : tx.query<I, I, I>(
             "select c.partner, g.delta_minor, c.payable_at_us from commission c join commission_change g on g.commission = c.id where g.at_us <= :as_of and " + std::string(posted), args))
        add_commission(figures[partner], delta, payable_at <= bounds.as_of_us);
}

void merge(Figures& into, Figures const& from) {
    for (auto const& [partner, more] : from) {
        auto& row = into[partner];
        row.conversions += more.conversions;
        add(row.revenue_minor, more.revenue_minor);
        add(row.gross_minor, more.gross_minor);
        add(row.reversed_minor, more.reversed_minor);
        add(row.pending_minor, more.pending_minor);
        add(row.payable_minor, more.payable_minor);
    }
}

std::map<Id, std::string> handles(Tx& tx, Id program) {
    std::map<Id, std::string> names;
    for (auto const& [id, handle] : tx.query<std::int64_t, std::string>(
             "select id, handle from partner where id in (select partner from enrollment where program = :program)", {arg("program", program)}))
        names.emplace(id, handle);
    return names;
}

}  // namespace

PartnerReport partner_report(storage::Storage& storage, Id program, std::int64_t as_of_us, int slice_rows) {
    Bounds bounds{program, as_of_us, {}};
    Figures figures, part;
    storage.read([&](Tx& tx) {
        auto const found = programs::find_program(tx, program);
        PARTNERD_INVARIANT(found.has_value());
        bounds.payout = found->currency;
    });
    for_each_window(
        storage, {"conversion"}, slice_rows,
        [&](Tx& tx, Window const& window) {
            part.clear();
            add_conversions(tx, bounds, window, part);
            add_commissions(tx, bounds, window, part);
        },
        [&](Window const&) { merge(figures, part); });
    PartnerReport report;
    storage.read([&](Tx& tx) {
        auto const names = handles(tx, program);
        for (auto const& [id, handle] : names) figures[id].partner = handle;
    });
    for (auto& [id, row] : figures) {
        row.net_minor = row.gross_minor - row.reversed_minor;
        report.partners.push_back(std::move(row));
    }
    std::sort(report.partners.begin(), report.partners.end(), [](PartnerFigures const& a, PartnerFigures const& b) { return a.partner < b.partner; });
    return report;
}

std::string to_json(PartnerReport const& report) {
    boost::json::array rows;
    for (auto const& p : report.partners)
        rows.emplace_back(boost::json::object{{"partner", p.partner}, {"conversions", p.conversions}, {"revenue_minor", p.revenue_minor}, {"gross_minor", p.gross_minor},
                                              {"reversed_minor", p.reversed_minor}, {"net_minor", p.net_minor}, {"pending_minor", p.pending_minor}, {"payable_minor", p.payable_minor}});
    return boost::json::serialize(boost::json::object{{"partners", std::move(rows)}});
}

}  // namespace partnerd::reports
