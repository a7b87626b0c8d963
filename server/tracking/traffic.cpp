#include "tracking/traffic.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "domain/calendar.hpp"

namespace partnerd::tracking {

using storage::arg;
using storage::Tx;

namespace {

constexpr std::int64_t all = 0x7fffffffffffffff;
constexpr std::int64_t counted_per_unit = 50'000;

Id traffic_mark(Tx& tx) { return tx.value<std::int64_t>("select id from rollup_mark where name = 'traffic'").value_or(0); }

void visit_after(Tx& tx, Id mark, std::int64_t limit, Id program, Id partner, std::function<void(UncountedClick const&)> const& visit) {
    using I = std::int64_t;
    using T = std::string;
    for (auto& [id, owner, zone, link, of, sub1, code, channel, unique] : tx.query<I, I, T, I, I, T, T, T, bool>(
             "select k.id, k.program, g.zone, k.link, l.partner, k.sub1, l.code, l.channel, k.is_unique from click k "
             "join link l on l.id = k.link join program g on g.id = k.program where k.id > :mark "
             "and (:program = 0 or k.program = :program) and (:partner = 0 or l.partner = :partner) order by k.id limit :limit",
             {arg("mark", mark), arg("program", program), arg("partner", partner), arg("limit", limit)}))
        visit({id, owner, link, of, day_in_zone(id_time_us(id), zone), sub1, code, channel, unique});
}

}  // namespace

std::size_t TrafficKeyHash::operator()(TrafficKey const& key) const noexcept {
    auto const link = static_cast<std::size_t>(key.link), day = static_cast<std::size_t>(key.day);
    return (link ^ (day << 40)) * 0x9e3779b97f4a7c15ULL ^ std::hash<std::string>()(key.sub1);
}

void write_traffic(Tx& tx, Traffic const& traffic) {
    static storage::RowShape const shape(
        "rollup_traffic", {{"program"}, {"partner"}, {"day"}, {"link"}, {"sub1", storage::ColumnType::text}, {"clicks"}, {"uniques"}}, storage::Twice::add, 5);
    std::vector<Traffic::value_type const*> rows;
    rows.reserve(traffic.size());
    for (auto const& row : traffic) rows.push_back(&row);
    auto const place = [](TrafficKey const& key) { return std::tie(key.program, key.partner, key.day, key.link, key.sub1); };
    std::sort(rows.begin(), rows.end(), [&](auto const* a, auto const* b) { return place(a->first) < place(b->first); });
    tx.insert_all(shape, [&, at = rows.begin()](std::span<storage::Value> row) mutable {
        if (at == rows.end()) return false;
        auto const& [key, count] = **at++;
        for (std::size_t i = 0; auto const number : {key.program, key.partner, key.day, key.link}) row[i++] = number;
        row[4] = key.sub1;
        row[5] = count.clicks;
        row[6] = count.uniques;
        return true;
    });
}

void set_traffic_mark(Tx& tx, Id newest) {
    tx.exec("insert into rollup_mark (name, id) values ('traffic', :id) on conflict (name) do update set id = excluded.id", {arg("id", newest)});
}

void for_each_uncounted(Tx& tx, Id program, Id partner, std::function<void(UncountedClick const&)> const& visit) {
    if (tx.dialect() == storage::Dialect::sqlite) visit_after(tx, traffic_mark(tx), all, program, partner, visit);
}

void count_rest(storage::Storage& storage) {
    if (storage.dialect() != storage::Dialect::sqlite) return;
    for (std::int64_t found = counted_per_unit; found == counted_per_unit;)
        storage.write_unbounded([&](Tx& tx) {
            Traffic traffic;
            Id newest = 0;
            found = 0;
            visit_after(tx, traffic_mark(tx), counted_per_unit, 0, 0, [&](UncountedClick const& click) {
                auto& count = traffic[{click.program, click.partner, click.day, click.link, click.sub1}];
                ++count.clicks;
                count.uniques += click.is_unique ? 1 : 0;
                newest = click.id;
                ++found;
            });
            write_traffic(tx, traffic);
            if (newest != 0) set_traffic_mark(tx, newest);
            return true;
        });
}

}  // namespace partnerd::tracking
