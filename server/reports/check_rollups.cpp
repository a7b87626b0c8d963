// The roll-ups against the rows they count.
#include <algorithm>
#include <tuple>

#include "domain/calendar.hpp"
#include "programs/fx_rate.hpp"
#include "reports/checks.hpp"
#include "tracking/click_retention.hpp"
#include "tracking/traffic.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;

namespace {

// What all three roll-ups are keyed by; a row of a report as a sentence.
std::string key_of(std::string const& program, Id partner, std::int64_t day, Id link, std::string const& sub1) {
    return program + " " + format_id("ptn", partner) + " " + format_day(day) + (link != 0 ? " " + format_id("lnk", link) : "") + (sub1.empty() ? "" : " sub1 " + sub1);
}

// Adds what `look` finds in windows of a table, each window once.
void sum_windows(Books const& books, Walk const& walk, Sums& sums, std::function<void(Tx&, Window const&, Sums&)> const& look) {
    Sums part;
    for_each_window(
        books.storage, walk, books.options.slice_rows,
        [&](Tx& tx, Window const& window) {
            part.clear();
            look(tx, window, part);
        },
        [&](Window const&) {
            for (auto const& [key, values] : part)
                for (std::size_t i = 0; i < values.size(); ++i) sums[key][i] += values[i];
        });
}

// A table of sums in one snapshot: it grows with days, not with events. All-zero rows are like none.
void load(Books const& books, Sums& sums, std::function<void(Tx&, Sums&)> const& look) {
    books.storage.read([&](Tx& tx) {
        sums.clear();
        look(tx, sums);
    });
    std::erase_if(sums, [](auto const& row) { return row.second == std::array<std::int64_t, 2>{}; });
}

constexpr std::string_view sub1_of_conversion = "case when c.source = 'click' then c.sub1 else '' end";

void sum_sales(Books const& books, Tx& tx, Window const& window, Sums& sums) {
    using I = std::int64_t;
    using T = std::string;
    for (auto const& [program, partner, at, link, kind, base, currency, exponent, rate, sub1] : tx.query<I, I, I, I, T, I, T, I, T, T>(
             "select c.program, c.partner, c.at_us, c.link, c.kind, c.base_minor, c.currency, c.exponent, t.fx_rate, " + std::string(sub1_of_conversion) +
                 " from conversion c join conversion_trace t on t.program = c.program and t.conversion = c.id "
                 "where c.id > :after and c.id <= :last and c.test = 0 and c.enrollment <> 0 and c.state = 'recorded'",
             {arg("after", window.after), arg("last", window.last)})) {
        auto const* const owner = books.program(tx, program);
        if (owner == nullptr) continue;
        Currency const from(currency, static_cast<int>(exponent));
        auto const revenue = rate.empty() ? base : programs::convert(base, from, programs::parse_fx_rate(rate).value(), owner->currency).value();
        auto& sum = sums[key_of(owner->handle, partner, day_in_zone(at, owner->zone), link, sub1) + " " + kind];
        sum[0] += 1;
        sum[1] += revenue;
    }
}

std::string commission_key(programs::Program const& program, Id partner, std::int64_t day, Id link, std::string const& sub1, std::string const& kind, std::int64_t event_day,
                           std::int64_t payable_day) {
    return key_of(program.handle, partner, day, link, sub1) + " " + kind + " of " + format_day(event_day) + " payable " + format_day(payable_day);
}

void sum_commissions(Books const& books, Tx& tx, Window const& window, Sums& sums) {
    std::string const columns = "select m.program, m.partner, m.at_us, c.link, " + std::string(sub1_of_conversion) + ", c.kind, m.payable_at_us, ";
    std::string const where = " where m.id > :after and m.id <= :last and m.state not in ('held', 'declined', 'test')";
    std::initializer_list<storage::Arg> const args = {arg("after", window.after), arg("last", window.last)};
    using I = std::int64_t;
    using T = std::string;
    auto const add = [&](Id program, Id partner, std::int64_t at, Id link, T const& sub1, T const& kind, std::int64_t payable_at, std::int64_t event_at, std::int64_t delta) {
        auto const* const owner = books.program(tx, program);
        if (owner == nullptr) return;
        auto const day = day_in_zone(at, owner->zone);
        auto const event_day = std::max(day, day_in_zone(event_at, owner->zone));
        sums[commission_key(*owner, partner, day, link, sub1, kind, event_day, day_in_zone(payable_at, owner->zone))][delta < 0 ? 1 : 0] += delta < 0 ? -delta : delta;
    };
    for (auto const& [program, partner, at, link, sub1, kind, payable, gross] : tx.query<I, I, I, I, T, T, I, I>(
             columns + "m.gross_minor from commission m join conversion c on c.program = m.program and c.id = m.conversion" + where, args))
        if (gross != 0) add(program, partner, at, link, sub1, kind, payable, at, gross);
    for (auto const& [program, partner, at, link, sub1, kind, payable, event_at, delta] : tx.query<I, I, I, I, T, T, I, I, I>(
             columns + "g.at_us, g.delta_minor from commission m join conversion c on c.program = m.program and c.id = m.conversion join commission_change g on g.commission = m.id" + where, args))
        add(program, partner, at, link, sub1, kind, payable, event_at, delta);
}

// Of clicks that are no longer kept only their sums are left: days that have some of them cannot be compared.
struct KeptClicks {
    Id from = 0;
    std::int64_t left_out = 0;  // sums

    bool has_day(std::int64_t day, std::string_view zone) const { return from == 0 || start_of_day(day, zone) >= id_time_us(from); }
};

void sum_clicks(Books const& books, Tx& tx, Window const& window, KeptClicks const& clicks, Sums& sums) {
    using I = std::int64_t;
    for (auto const& [id, program, link, partner, sub1, unique] : tx.query<I, I, I, I, std::string, bool>(
             "select k.id, k.program, k.link, coalesce(l.partner, 0), k.sub1, k.is_unique from click k left join link l on l.id = k.link "
             "where k.id > :after and k.id <= :last" +
                 of_program(window, "k.program"),
             {arg("after", window.after), arg("last", window.last), arg("program", window.program)})) {
        auto const* const owner = books.program(tx, program);
        if (owner == nullptr) continue;
        auto const day = day_in_zone(id_time_us(id), owner->zone);
        if (!clicks.has_day(day, owner->zone)) continue;
        auto& sum = sums[key_of(owner->handle, partner, day, link, sub1)];
        sum[0] += 1;
        sum[1] += unique ? 1 : 0;
    }
}

void load_traffic(Books const& books, Tx& tx, KeptClicks& clicks, Sums& sums) {
    using I = std::int64_t;
    clicks.left_out = 0;
    for (auto const& [program, partner, day, link, sub1, count, uniques] : tx.query<I, I, I, I, std::string, I, I>(
             "select program, partner, day, link, sub1, clicks, uniques from rollup_traffic")) {
        auto const* const owner = books.program(tx, program);
        if (owner != nullptr && !clicks.has_day(day, owner->zone)) ++clicks.left_out;
        else sums[key_of(books.name_of(program), partner, day, link, sub1)] = {count, uniques};
    }
    tracking::for_each_uncounted(tx, 0, 0, [&](tracking::UncountedClick const& click) {
        auto& sum = sums[key_of(books.name_of(click.program), click.partner, click.day, click.link, click.sub1)];
        sum[0] += 1;
        sum[1] += click.is_unique ? 1 : 0;
    });
}

}  // namespace

void check_sales_rollup(Books const& books, Check& check) {
    compare_sums(
        books, check, [&](Sums& sums) { sum_windows(books, {"conversion"}, sums, [&](Tx& tx, Window const& window, Sums& part) { sum_sales(books, tx, window, part); }); },
        [&](Sums& kept) {
            load(books, kept, [&](Tx& tx, Sums& sums) {
                using I = std::int64_t;
                using T = std::string;
                for (auto const& [program, partner, day, link, sub1, kind, conversions, revenue] : tx.query<I, I, I, I, T, T, I, I>(
                         "select program, partner, day, link, sub1, kind, conversions, revenue_minor from rollup_sales"))
                    sums[key_of(books.name_of(program), partner, day, link, sub1) + " " + kind] = {conversions, revenue};
            });
        });
}

void check_commission_rollup(Books const& books, Check& check) {
    compare_sums(
        books, check, [&](Sums& sums) { sum_windows(books, {"commission"}, sums, [&](Tx& tx, Window const& window, Sums& part) { sum_commissions(books, tx, window, part); }); },
        [&](Sums& kept) {
            load(books, kept, [&](Tx& tx, Sums& sums) {
                using I = std::int64_t;
                using T = std::string;
                for (auto const& [program, partner, day, link, sub1, kind, event_day, payable_day, gross, reversed] : tx.query<I, I, I, I, T, T, I, I, I, I>(
                         "select program, partner, day, link, sub1, kind, event_day, payable_day, gross_minor, reversed_minor from rollup_commission"))
                    if (auto const* const owner = books.program(tx, program)) sums[commission_key(*owner, partner, day, link, sub1, kind, event_day, payable_day)] = {gross, reversed};
            });
        });
}

void check_traffic_rollup(Books const& books, Check& check) {
    KeptClicks clicks;
    // The mark may rise meanwhile; both sides of a pass go by the one that it began with, and the next pass by the new one.
    compare_sums(
        books, check,
        [&](Sums& sums) {
            books.storage.read([&](Tx& tx) { clicks.from = tracking::kept_from(tx); });
            sum_windows(books, {"click", "id", true}, sums, [&](Tx& tx, Window const& window, Sums& part) { sum_clicks(books, tx, window, clicks, part); });
        },
        [&](Sums& kept) { load(books, kept, [&](Tx& tx, Sums& sums) { load_traffic(books, tx, clicks, sums); }); });
    if (clicks.left_out == 0) return;
    auto const note = std::to_string(clicks.left_out) + " sums have clicks from before " + format_instant(id_time_us(clicks.from)) + ", which are no longer kept, and were not compared";
    check.note += (check.note.empty() ? "" : "; ") + note;
}

}  // namespace partnerd::reports
