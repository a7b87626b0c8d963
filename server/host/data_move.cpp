#include "host/data_move.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "domain/clock.hpp"
#include "host/application.hpp"
#include "host/data_move_check.hpp"
#include "host/scratch_file.hpp"
#include "programs/program.hpp"
#include "reports/partner_report.hpp"
#include "reports/verify.hpp"
#include "storage/copy_mark.hpp"
#include "storage/table_copy.hpp"
#include "tracking/click_weeks.hpp"

namespace partnerd::host {

using storage::Dialect;
using storage::Table;
using storage::Tx;
using storage::Url;

namespace {

// Each database has its own: what its migrations left, and how far its roll-ups have come.
constexpr std::array<std::string_view, 3> tables_not_copied{"migration", storage::copy_mark_table, "rollup_mark"};

// For a statement that goes over a whole table; a reader of a server may take 2 s.
constexpr int long_ms = 3'600'000;

// A lease is of a process that runs no more.
std::vector<std::string> zeroed_columns(std::string const& table) {
    return table == "job" ? std::vector<std::string>{"lease_until_us"} : std::vector<std::string>{};
}

std::vector<Table> copied_tables(storage::Storage& storage) {
    std::vector<Table> tables;
    storage.read([&](Tx& tx) { tables = storage::tables_of(tx); });
    std::erase_if(tables, [&](Table const& table) {
        bool const let_go = storage.dialect() == Dialect::postgresql && tracking::is_week_of_clicks(table.name);
        return let_go || std::find(tables_not_copied.begin(), tables_not_copied.end(), table.name) != tables_not_copied.end();
    });
    return tables;
}

storage::StorageSettings settings_of(std::string const& url, bool read_only) {
    storage::StorageSettings settings;
    settings.url = url;
    settings.read_only = read_only;
    settings.readers = 1;
    settings.writers = 1;
    return settings;
}

// What each check looked at, but for the one that counts pages of a file.
std::map<std::string, std::int64_t> checked_by_name(reports::Verification const& books) {
    std::map<std::string, std::int64_t> checked;
    for (auto const& check : books.checks)
        if (check.name != "the database file is whole") checked[check.name] = check.checked;
    return checked;
}

// Those that the target needs partitions for.
std::set<std::int64_t> weeks_of(Table const& clicks, storage::RowBatch const& batch) {
    auto const id = std::find_if(clicks.columns.begin(), clicks.columns.end(), [](auto const& column) { return column.name == "id"; }) - clicks.columns.begin();
    std::set<std::int64_t> weeks;
    for (std::size_t row = 0; row < batch.rows(); ++row) weeks.insert(tracking::click_week(batch.row(row)[id].i64));
    return weeks;
}

class Move {
  public:
    explicit Move(MoveOrder const& order)
        : order_(order),
          from_(read_move_url("--from", order.from)),
          to_(read_move_url("--to", order.to)),
          from_text_(with_session_name(order.from)),
          to_text_(with_session_name(order.to)) {
        refuse_same_database(from_, to_);
        moved_.from = from_.shown;
        moved_.to = to_.shown;
    }

    Moved run() {
        check_before_opening();
        open_source();
        count_rows();
        if (order_.dry_run) {
            try_tables();
            return std::move(moved_);
        }
        auto const source_books = verify("verifying the source", *source_storage_);
        prepare_target();
        try {
            fill_target(source_books);
        } catch (storage::Failure const& failure) {
            throw storage::Failure(failure.category, std::string(failure.what()) + "\n" + way_out());
        }
        return std::move(moved_);
    }

  private:
    void fill_target(reports::Verification const& source_books) {
        copy();
        read_back();
        compare_books(source_books);
        refuse_used_database(*source_storage_, from_.shown);
        disown_nodes();
        storage::finish_copy(*target_);
    }
    std::string way_out() const {
        return "the source is as it was" + (target_ ? ", and the target " + to_.shown + " is not usable: run the same command again, which begins anew" : "");
    }
    void check_before_opening();
    void refuse_target_in_the_way();
    std::vector<std::string> expected_tables() const;
    void open_source();
    void count_rows();
    void try_tables() const;
    void prepare_target();
    void copy();
    void copy_table(std::size_t index);
    void set_traffic_mark();
    void disown_nodes();
    void read_back();
    reports::Verification verify(std::string_view step, storage::Storage& storage);
    void compare_books(reports::Verification const& source_books);
    void compare_reports();
    void tell(std::string_view step, std::string_view what, std::int64_t done, std::int64_t total) const;

    MoveOrder const& order_;
    Url from_, to_;
    std::string from_text_, to_text_;
    std::unique_ptr<Application> source_;  // holds the lock of an SQLite source to the end
    storage::Storage* source_storage_ = nullptr;
    std::unique_ptr<storage::Storage> target_;
    std::vector<Table> tables_;
    std::vector<storage::RowSum> sums_;  // of the source
    Moved moved_;
};

void Move::tell(std::string_view step, std::string_view what, std::int64_t done, std::int64_t total) const {
    if (order_.should_stop && order_.should_stop())
        throw std::runtime_error("stopped while " + std::string(step) + "; " + way_out());
    if (order_.progress) order_.progress({step, what, done, total});
}

// Before anything is written anywhere.
void Move::check_before_opening() {
    require_partnerd_database(from_, from_text_);
    std::vector<std::string> owners{"core"};
    for (auto const& plugin : order_.config.plugin) owners.push_back(plugin.id);
    auto const source = storage::open_storage(settings_of(from_text_, true));
    require_owners(*source, owners);
    if (!order_.dry_run) refuse_used_database(*source, from_.shown);
    tables_ = copied_tables(*source);
    refuse_target_in_the_way();
}

// What an unfinished copy may have left in the target.
std::vector<std::string> Move::expected_tables() const {
    std::vector<std::string> names(tables_not_copied.begin(), tables_not_copied.end());
    for (auto const& table : tables_) names.push_back(table.name);
    return names;
}

void Move::refuse_target_in_the_way() {
    if (to_.dialect == Dialect::sqlite && !std::filesystem::exists(to_.path)) return;
    auto const target = storage::open_storage(settings_of(to_text_, true));
    storage::refuse_foreign_target(*target, to_.shown, expected_tables());
    refuse_used_database(*target, to_.shown);
}

void Move::open_source() {
    auto config = order_.config;
    config.storage.url = from_text_;
    source_ = std::make_unique<Application>(config, order_.dry_run ? Use::read : Use::command);
    source_storage_ = &source_->storage();
    std::vector<std::string> owners;
    for (auto const& [owner, steps] : source_->schemas()) owners.push_back(owner);
    require_owners(*source_storage_, owners);  // an optional plugin may not have loaded
    if (!order_.dry_run) refuse_uncounted_clicks(*source_storage_);
    tables_ = copied_tables(*source_storage_);
}

void Move::count_rows() {
    auto settings = settings_of(from_text_, true);
    settings.read_budget_ms = long_ms;
    auto const counting = storage::open_storage(settings);
    for (auto const& table : tables_) {
        tell("counting", table.name, moved_.rows, 0);
        std::int64_t rows = 0;
        counting->read([&](Tx& tx) { rows = tx.value<std::int64_t>("select count(*) from " + storage::quoted(table.name)).value(); });
        moved_.tables.push_back({table.name, rows, {}});
        moved_.rows += rows;
    }
}

// A dry run writes nothing into the target. Its tables are the same in SQLite, so that a file that goes again stands for it.
void Move::try_tables() const {
    require_steps(source_->schemas(), to_.dialect);
    for (auto const& [owner, steps] : source_->schemas())
        for (auto const& step : steps)
            if (step.sqlite.empty()) return;  // a plugin for PostgreSQL alone: its tables are compared by the copy
    ScratchFile const file;
    auto const scratch = storage::open_storage(settings_of("sqlite://" + file.path(), false));
    for (auto const& [owner, steps] : source_->schemas()) storage::migrate(*scratch, owner, steps);
    require_same_tables(tables_, copied_tables(*scratch));
}

void Move::prepare_target() {
    auto settings = settings_of(to_text_, false);
    settings.read_budget_ms = long_ms;
    require_steps(source_->schemas(), to_.dialect);
    target_ = storage::open_storage(settings);
    storage::begin_copy(*target_, to_.shown, expected_tables(), {from_.shown, SystemClock().now_us()});
    for (auto const& [owner, steps] : source_->schemas()) storage::migrate(*target_, owner, steps);
    require_same_tables(tables_, copied_tables(*target_));
    // What a migration put in is among the rows of the source.
    target_->write_unbounded([&](Tx& tx) {
        for (auto const& table : tables_) tx.exec("delete from " + storage::quoted(table.name));
        return true;
    });
}

void Move::copy() {
    sums_.assign(tables_.size(), {});
    for (std::size_t i = 0; i < tables_.size(); ++i) copy_table(i);
    set_traffic_mark();
    if (target_->dialect() != Dialect::postgresql) return;
    // The planner knows nothing of rows that came a minute ago.
    for (auto const& table : tables_) {
        tell("gathering statistics", table.name, 0, 0);
        target_->write_unbounded([&](Tx& tx) { return tx.exec("analyze " + storage::quoted(table.name)), true; });
    }
}

void Move::copy_table(std::size_t index) {
    auto const& table = tables_[index];
    std::int64_t before = 0;
    for (std::size_t i = 0; i < index; ++i) before += sums_[i].rows();
    storage::TableReader reader(table, zeroed_columns(table.name));
    storage::RowBatch batch(table.columns.size());
    for (;;) {
        tell("copying", table.name, before + sums_[index].rows(), moved_.rows);
        bool more = false;
        source_storage_->read([&](Tx& tx) { more = reader.next(tx, batch); });
        if (!more) return;
        sums_[index].add(batch);
        auto const weeks = table.name == "click" ? weeks_of(table, batch) : std::set<std::int64_t>{};
        target_->write_unbounded([&](Tx& tx) { return tracking::cover_clicks(tx, weeks), storage::insert_rows(tx, table, batch), true; });
    }
}

// The roll-ups that came over count every click; those of the SQLite target go on behind the newest.
void Move::set_traffic_mark() {
    if (target_->dialect() != Dialect::sqlite) return;
    target_->write_unbounded([](Tx& tx) {
        auto const names = storage::table_names(tx);
        if (std::find(names.begin(), names.end(), "rollup_mark") == names.end()) return false;
        tx.exec("insert into rollup_mark (name, id) select 'traffic', id from click order by id desc limit 1");
        return true;
    });
}

// Nobody serves the target yet: who had a number in the source, as this process has, holds none here. The marks stay: they say which ids are taken.
void Move::disown_nodes() {
    target_->write_unbounded([](Tx& tx) { return tx.exec("update instance set value = '' where name like 'node:%:owner'"), true; });
}

void Move::read_back() {
    std::string differing;
    std::int64_t done = 0;
    // Its own tables: the primary key, and so the order, may be another.
    for (auto const& table : copied_tables(*target_)) {
        auto const index = static_cast<std::size_t>(std::find_if(tables_.begin(), tables_.end(), [&](auto const& t) { return t.name == table.name; }) - tables_.begin());
        storage::TableReader reader(table, {});
        storage::RowBatch batch(table.columns.size());
        storage::RowSum sum;
        for (bool more = true; more;) {
            tell("reading back", table.name, done + sum.rows(), moved_.rows);
            target_->read([&](Tx& tx) { more = reader.next(tx, batch); });
            sum.add(batch);
        }
        done += sum.rows();
        auto& moved = moved_.tables[index];
        moved.rows = sum.rows();
        moved.digest = sum.hex();
        if (sum != sums_[index])
            differing += "\n  " + table.name + ": " + std::to_string(sums_[index].rows()) + " rows " + sums_[index].hex() + " in the source, " + std::to_string(sum.rows()) + " rows " + sum.hex() + " in the target";
    }
    moved_.rows = done;
    if (!differing.empty()) throw MoveDiffers("the target differs from the source and is not usable:" + differing);
}

reports::Verification Move::verify(std::string_view step, storage::Storage& storage) {
    auto options = source_->verify_options();
    options.progress = [&](std::string_view check, std::int64_t done, std::int64_t total) { tell(step, check, done, total); };
    auto verification = reports::verify(storage, source_->rules(), options);
    if (!verification.holds())
        throw MoveDiffers((&storage == source_storage_ ? "the books of the source do not hold, so that nothing was copied; `partnerd verify` lists it too:\n"
                                                       : "the books of the target do not hold, and it is not usable:\n") +
                          reports::to_text(verification));
    return verification;
}

void Move::compare_books(reports::Verification const& source_books) {
    auto const target_books = verify("verifying the target", *target_);
    auto const before = checked_by_name(source_books), after = checked_by_name(target_books);
    for (auto const& [name, checked] : before) {
        auto const found = after.find(name);
        auto const there = found == after.end() ? 0 : found->second;
        if (checked != there) throw MoveDiffers("verify, \"" + name + "\": " + std::to_string(checked) + " things in the source, " + std::to_string(there) + " in the target, which is not usable");
        moved_.checked += checked;
    }
    compare_reports();
}

void Move::compare_reports() {
    std::vector<Id> programs;
    source_storage_->read([&](Tx& tx) { programs = programs::program_ids(tx); });
    auto const now = SystemClock().now_us();
    for (auto const program : programs) {
        tell("comparing reports", std::to_string(program), moved_.programs, static_cast<std::int64_t>(programs.size()));
        auto const source = reports::to_json(reports::partner_report(*source_storage_, program, now));
        auto const target = reports::to_json(reports::partner_report(*target_, program, now));
        if (source != target) throw MoveDiffers("the partner report of program " + std::to_string(program) + " is another in the target, which is not usable");
        ++moved_.programs;
    }
}

}  // namespace

Moved move_data(MoveOrder const& order) { return Move(order).run(); }

}  // namespace partnerd::host
