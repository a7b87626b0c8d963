#include "tracking/click_retention.hpp"

#include <algorithm>
#include <charconv>

#include "domain/invariant.hpp"
#include "programs/terms.hpp"

namespace partnerd::tracking {

using storage::arg;
using storage::Dialect;
using storage::Tx;

namespace {

constexpr std::string_view mark_name = "clicks.kept_from";

std::int64_t read_number(std::string const& text) {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    PARTNERD_INVARIANT(error == std::errc() && end == text.data() + text.size());
    return number;
}

// The newest click whose sums are written; none on PostgreSQL, where they are written with it.
Id newest_counted(Tx& tx) { return tx.value<std::int64_t>("select id from rollup_mark where name = 'traffic'").value_or(0); }

std::int64_t believable_now(Tx& tx, std::int64_t now_us, bool doubt_clock) {
    if (tx.dialect() == Dialect::postgresql)
        return std::min(now_us, tx.value<std::int64_t>("select (extract(epoch from clock_timestamp()) * 1000000)::bigint").value());
    return doubt_clock ? std::min(now_us, id_time_us(newest_counted(tx)) + day_us) : now_us;
}

// On PostgreSQL a week goes as a whole; a day on SQLite, so that each night's work is small.
Id start_of_period(Tx& tx, Id id) {
    Id const period = tx.dialect() == Dialect::postgresql ? first_id_of_ms(7 * day_us / 1000) : first_id_of_ms(day_us / 1000);
    return id / period * period;
}

}  // namespace

Id kept_from(Tx& tx) {
    auto const text = tx.value<std::string>("select value from instance where name = :name", {arg("name", mark_name)});
    return text ? read_number(*text) : 0;
}

std::int64_t longest_window_days(Tx& tx, std::int64_t now_us) {
    std::int64_t longest = 0, owner = 0;
    bool still_judges = true;
    // The newest of each program first: those before it judge until it takes effect.
    for (auto const& [program, effective_at_us, settings, currency, exponent] :
         tx.query<std::int64_t, std::int64_t, std::string, std::string, std::int64_t>(
             "select t.program, t.effective_at_us, t.settings, p.currency, p.exponent from terms t join program p on p.id = t.program "
             "order by t.program, t.effective_at_us desc, t.version desc")) {
        if (program != std::exchange(owner, program)) still_judges = true;
        if (!still_judges) continue;
        auto const read = programs::read_settings(settings, Currency(currency, static_cast<int>(exponent)));
        PARTNERD_INVARIANT(read.has_value());
        longest = std::max<std::int64_t>(longest, read->window_days);
        still_judges = effective_at_us > now_us - late_days * day_us;
    }
    return longest;
}

Retention plan_retention(Tx& tx, std::int64_t days, std::int64_t now_us, bool doubt_clock) {
    Retention plan{days, 0, kept_from(tx)};
    if (days == 0) return plan;
    plan.kept_days = std::max(days, longest_window_days(tx, now_us) + late_days);
    auto const until_us = believable_now(tx, now_us, doubt_clock) - plan.kept_days * day_us;
    auto const mark = start_of_period(tx, first_id_at(until_us));
    if (mark > plan.mark && tx.value<std::int64_t>("select 1 from click where id < :mark limit 1", {arg("mark", mark)})) plan.mark = mark;
    return plan;
}

bool raise_kept_from(Tx& tx, Id mark) {
    if (tx.dialect() == Dialect::sqlite) mark = std::min(mark, newest_counted(tx));
    if (mark <= kept_from(tx)) return false;
    tx.exec("insert into instance (name, value) values (:name, :value) on conflict (name) do update set value = excluded.value",
            {arg("name", mark_name), arg("value", std::to_string(mark))});
    return true;
}

std::int64_t prune_some(storage::Storage& storage, std::int64_t rows) {
    Id before = 0;
    storage.read([&](Tx& tx) {
        auto const mark = kept_from(tx);
        before = tx.value<std::int64_t>("select id from click where id < :mark order by id limit 1 offset :rows",
                                        {arg("mark", mark), arg("rows", rows)})
                     .value_or(mark);
        if (!tx.value<std::int64_t>("select id from click where id < :before limit 1", {arg("before", before)})) before = 0;
    });
    if (before == 0) return 0;
    std::int64_t gone = 0;
    storage.write([&](Tx& tx) {
        gone = tx.exec("delete from click where id < :before", {arg("before", before)});
        return true;
    });
    return gone;
}

}  // namespace partnerd::tracking
