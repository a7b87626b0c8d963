
#include "domain/clock.hpp"
#include "domain/digest.hpp"
#include "storage/plugin_tables.hpp"
#include "storage/storage.hpp"

namespace partnerd::storage {
namespace {

constexpr std::string_view lock_key = "partnerd.migration";

struct Applied {
    std::uint32_t version;
    std::string name, checksum;
};

std::vector<std::string> const& statements_of(Migration const& step, Dialect dialect) {
    return dialect == Dialect::sqlite ? step.sqlite : step.postgresql;
}

std::string checksum_of(Migration const& step, Dialect dialect) {
    std::string text;
    for (auto const& statement : statements_of(step, dialect)) text += statement + '\n';
    return sha256_hex(text);
}

std::string title_of(std::string_view owner, std::uint32_t version, std::string const& name) {
    return "migration " + std::string(owner) + "/" + std::to_string(version) + " \"" + name + "\"";
}

void check_list(std::string_view owner, std::vector<Migration> const& steps, Dialect dialect) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].version != i + 1)
            throw Failure(Failure::Category::state,
                          title_of(owner, steps[i].version, steps[i].name) + ": versions run from 1 without a gap, in order");
        if (owner == "core") continue;
        for (auto const& statement : statements_of(steps[i], dialect)) refuse_foreign_tables(owner, statement);
    }
}

std::vector<Applied> applied_steps(Tx& tx, std::string_view owner) {
    std::vector<Applied> out;
    for (auto const& [version, name, checksum] : tx.query<std::int64_t, std::string, std::string>(
             "select version, name, checksum from migration where owner = :owner order by version", {arg("owner", owner)}))
        out.push_back({static_cast<std::uint32_t>(version), name, checksum});
    return out;
}

void check_applied(std::string_view owner, std::vector<Applied> const& applied, std::vector<Migration> const& steps, Dialect dialect) {
    for (std::size_t i = 0; i < applied.size(); ++i) {
        auto const title = title_of(owner, applied[i].version, applied[i].name);
        if (i >= steps.size())
            throw Failure(Failure::Category::state,
                          "the database is newer than this program: it holds " + title + "; run the program that made it, or a newer one");
        if (applied[i].version != steps[i].version || applied[i].checksum != checksum_of(steps[i], dialect))
            throw Failure(
                Failure::Category::state,
                title + " was edited after it had been applied; a released step is never edited: undo the edit and add a new step");
    }
}

// Texts are ordered by code point, as SQLite orders them, whatever the database was created with.
void order_by_code_point(Tx& tx) {
    if (tx.dialect() != Dialect::postgresql) return;
    if (tx.value<std::int64_t>("select 1 from pg_database where datname = current_database() and datlocprovider = 'c' and datcollate in ('C', 'POSIX')")) return;
    std::vector<std::pair<std::string, std::string>> changes;  // of a table
    for (auto const& [table, column] : tx.query<std::string, std::string>(
             "select quote_ident(c.table_name), quote_ident(c.column_name) from information_schema.columns c join information_schema.tables t "
             "on t.table_schema = c.table_schema and t.table_name = c.table_name where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' "
             "and c.data_type = 'text' and c.collation_name is null "
             // A partition follows its table.
             "and not exists (select 1 from pg_inherits i where i.inhrelid = (quote_ident(c.table_schema) || '.' || quote_ident(c.table_name))::regclass) order by 1, 2")) {
        auto const change = "alter column " + column + " type text collate \"C\"";
        if (changes.empty() || changes.back().first != table) changes.emplace_back(table, change);
        else changes.back().second += ", " + change;
    }
    for (auto const& [table, change] : changes) tx.exec("alter table " + table + ' ' + change);
}

// One step in one transaction. False when none is left.
bool apply_next(Storage& storage, std::string_view owner, std::vector<Migration> const& steps) {
    return storage.write_unbounded([&](Tx& tx) {
        tx.lock(lock_key);
        auto const applied = applied_steps(tx, owner);
        check_applied(owner, applied, steps, tx.dialect());
        if (applied.size() == steps.size()) return false;
        auto const& step = steps[applied.size()];
        for (auto const& statement : statements_of(step, tx.dialect())) tx.exec(statement);
        order_by_code_point(tx);
        tx.exec("insert into migration (owner, version, name, checksum, applied_at_us) values (:owner, :version, :name, :checksum, :at)",
                {arg("owner", owner), arg("version", std::int64_t{step.version}), arg("name", step.name),
                 arg("checksum", checksum_of(step, tx.dialect())), arg("at", SystemClock().now_us())});
        return true;
    });
}

// Whoever only reads cannot bring the tables up to date; it must not read older ones either.
void check_up_to_date(Storage& storage, std::string_view owner, std::vector<Migration> const& steps) {
    storage.read([&](Tx& tx) {
        auto const applied = applied_steps(tx, owner);
        check_applied(owner, applied, steps, tx.dialect());
        if (applied.size() != steps.size())
            throw Failure(Failure::Category::state, "the database lacks " +
                                                        title_of(owner, steps[applied.size()].version, steps[applied.size()].name) +
                                                        "; start the server once with this program and configuration");
    });
}

}  // namespace

int migrate(Storage& storage, std::string_view owner, std::vector<Migration> const& migrations) {
    check_list(owner, migrations, storage.dialect());
    if (storage.read_only()) {
        check_up_to_date(storage, owner, migrations);
        return 0;
    }
    storage.write_unbounded([](Tx& tx) {
        tx.lock(lock_key);
        // Not left to order_by_code_point(): that would make the plans of this session stale, which have read the table by then.
        std::string const text = tx.dialect() == Dialect::postgresql ? "text collate \"C\" not null" : "text not null";
        tx.exec("create table if not exists migration (owner " + text + ", version bigint not null, name " + text + ", checksum " + text +
                ", applied_at_us bigint not null, primary key (owner, version))");
        return true;
    });
    int applied = 0;
    while (apply_next(storage, owner, migrations)) ++applied;
    return applied;
}

}  // namespace partnerd::storage
