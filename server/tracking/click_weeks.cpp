#include "tracking/click_weeks.hpp"

#include <algorithm>

#include "domain/calendar.hpp"

namespace partnerd::tracking {

using storage::arg;
using storage::Tx;

namespace {

constexpr int weeks_ahead = 4;
constexpr std::string_view name_begins = "click_until_";

struct Partition {
    std::string name;
    Id from = 0, until = 0;
    enum class State { attached, leaving, detached } state = State::attached;
    std::int64_t rows = 0;  // an estimate
};

// "click_until_2026_11_26": named after its end, so that one that was detached still says what it holds.
std::string name_of(Id until) {
    auto day = format_day(id_time_us(until) / day_us);
    std::replace(day.begin(), day.end(), '-', '_');
    return std::string(name_begins) + day;
}

Id end_in_name(std::string_view name) {
    std::string day(name.substr(name_begins.size()));
    std::replace(day.begin(), day.end(), '_', '-');
    auto const parsed = parse_day(day);
    return parsed ? first_id_at(*parsed * day_us) : 0;
}

// Bounds are read from their text, "FOR VALUES FROM (MINVALUE) TO ('4890')": the catalog has nothing else.
std::vector<Partition> attached(Tx& tx) {
    std::vector<Partition> found;
    for (auto& [name, from, until, leaving, rows] : tx.query<std::string, std::int64_t, std::int64_t, bool, std::int64_t>(
             "select c.relname::text, coalesce(substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \\(''?([0-9]+)')::bigint, 0), "
             "coalesce(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''?([0-9]+)')::bigint, 9223372036854775807), "
             "i.inhdetachpending, greatest(c.reltuples, 0)::bigint from pg_inherits i join pg_class c on c.oid = i.inhrelid "
             "where i.inhparent = 'click'::regclass order by 2"))
        found.push_back({name, from, until, leaving ? Partition::State::leaving : Partition::State::attached, rows});
    return found;
}

// Those that an interrupted call left behind.
void add_detached(Tx& tx, std::vector<Partition>& found) {
    for (
        auto& [name, rows] : tx.query<std::string, std::int64_t>(
            "select relname::text, greatest(reltuples, 0)::bigint from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' "
            "and not relispartition and relname ~ '^click_until_[0-9]{4}_[0-9]{2}_[0-9]{2}$' order by 1"))
        found.push_back({name, 0, end_in_name(name), Partition::State::detached, rows});
}

bool lies_in(std::int64_t week, Partition const& partition) {
    return partition.state == Partition::State::attached && week * click_week_ids >= partition.from &&
           week * click_week_ids < partition.until;
}

// CREATE TABLE ... PARTITION OF would lock the whole table; attaching one that is empty lets inserts go on.
void make_week(Tx& tx, std::int64_t week) {
    auto const until = (week + 1) * click_week_ids;
    auto const name = name_of(until);
    tx.exec("create table if not exists " + name + " (like click including all)");
    tx.exec("alter table click attach partition " + name + " for values from (" + std::to_string(week * click_week_ids) + ") to (" +
            std::to_string(until) + ")");
}

std::set<std::int64_t> missing(std::set<std::int64_t> weeks, std::vector<Partition> const& partitions) {
    std::erase_if(weeks, [&](std::int64_t week) {
        return std::any_of(partitions.begin(), partitions.end(), [&](auto const& p) { return lies_in(week, p); });
    });
    return weeks;
}

}  // namespace

bool is_week_of_clicks(std::string_view table) {
    return table.starts_with(name_begins) && table.size() == name_begins.size() + std::string_view("2026_11_26").size() && end_in_name(table) != 0;
}

void cover_clicks(Tx& tx, std::set<std::int64_t> const& weeks) {
    if (tx.dialect() == storage::Dialect::sqlite) return;
    for (auto const week : missing(weeks, attached(tx))) make_week(tx, week);
}

void cover_weeks_ahead(storage::Storage& storage, std::int64_t now_us) {
    if (storage.dialect() == storage::Dialect::sqlite) return;
    std::set<std::int64_t> weeks;
    for (int i = 0; i <= weeks_ahead; ++i) weeks.insert(click_week(first_id_at(now_us)) + i);
    bool covered = false;
    storage.read([&](Tx& tx) { covered = missing(weeks, attached(tx)).empty(); });
    if (covered) return;
    storage.write_unbounded([&](Tx& tx) { return cover_clicks(tx, weeks), true; }, click_weeks_key);
}

std::int64_t drop_weeks(storage::Storage& storage, Id before, std::function<bool()> const& goes_on) {
    if (storage.dialect() == storage::Dialect::sqlite) return 0;
    std::vector<Partition> partitions;
    storage.read([&](Tx& tx) {
        partitions = attached(tx);
        add_detached(tx, partitions);
    });
    std::erase_if(partitions, [&](auto const& partition) { return partition.until > before; });
    std::int64_t rows = 0;
    for (auto const& partition : partitions) {
        if (&partition != partitions.data() && !goes_on()) break;
        auto const detach = "alter table click detach partition " + partition.name;
        if (partition.state == Partition::State::attached) storage.maintain(detach + " concurrently");
        if (partition.state == Partition::State::leaving) storage.maintain(detach + " finalize");
        storage.maintain("drop table if exists " + partition.name);
        rows += partition.rows;
    }
    return rows;
}

void KnownWeeks::need(Tx& tx, std::set<std::int64_t> const& weeks) {
    if (std::includes(known_.begin(), known_.end(), weeks.begin(), weeks.end())) return;
    tx.lock(click_weeks_key);
    cover_clicks(tx, weeks);
    known_.insert(weeks.begin(), weeks.end());
}

}  // namespace partnerd::tracking
