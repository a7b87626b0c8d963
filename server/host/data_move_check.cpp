#include "host/data_move_check.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace partnerd::host {

using storage::arg;
using storage::Dialect;
using storage::Failure;
using storage::Tx;

namespace {

[[noreturn]] void refuse(std::string const& what) { throw Failure(Failure::Category::state, what); }

std::string session_name() { return "partnerd_migrate_" + std::to_string(::getpid()); }

std::string canonical(std::string const& path) {
    std::error_code error;
    auto const found = std::filesystem::weakly_canonical(path, error);
    return error ? path : found.string();
}

bool has_table(Tx& tx, std::string_view name) {
    auto const names = storage::table_names(tx);
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string columns_of(storage::Table const& table) {
    std::string out;
    for (auto const& column : table.columns) out += (out.empty() ? "" : ", ") + column.name;
    return out;
}

}  // namespace

storage::Url read_move_url(std::string_view option, std::string const& text) {
    try {
        return storage::parse_url(text);
    } catch (Failure const& failure) {
        constexpr std::string_view key = "storage.url";
        std::string const what = failure.what();
        throw Failure(failure.category, std::string(option) + (what.starts_with(key) ? what.substr(key.size()) : ": " + what));
    }
}

void refuse_same_database(storage::Url const& from, storage::Url const& to) {
    bool const same = from.dialect == to.dialect &&
                      (from.dialect == Dialect::sqlite ? canonical(from.path) == canonical(to.path) : from.conninfo == to.conninfo || from.shown == to.shown);
    if (same) refuse("--from and --to are the same database, " + from.shown + "; the data go from one into another");
}

std::string with_session_name(std::string const& url) {
    if (storage::parse_url(url).dialect == Dialect::sqlite) return url;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + "application_name=" + session_name();
}

void require_partnerd_database(storage::Url const& url, std::string const& text) {
    if (url.dialect == Dialect::sqlite && !std::filesystem::exists(url.path))
        refuse("there is no database " + url.path + "; --from names the one that `partnerd serve` uses: storage.url in `partnerd check --print`");
    storage::StorageSettings settings;
    settings.url = text;
    settings.read_only = true;
    settings.readers = 1;
    auto const storage = storage::open_storage(settings);
    bool there = false;
    storage->read([&](Tx& tx) { there = has_table(tx, "migration") && tx.value<std::int64_t>("select 1 from migration where owner = 'core' and version = 1"); });
    if (!there) refuse(url.shown + " holds no data of partnerd; --from names the database that `partnerd serve` uses");
}

void require_owners(storage::Storage& source, std::vector<std::string> const& owners) {
    std::string missing;
    source.read([&](Tx& tx) {
        for (auto const& [owner] : tx.query<std::string>("select distinct owner from migration order by owner"))
            if (std::find(owners.begin(), owners.end(), owner) == owners.end()) missing += (missing.empty() ? "" : ", ") + owner;
    });
    if (missing.empty()) return;
    refuse("the source has tables of plugins that the configuration does not load: " + missing +
           "; add a [[plugin]] for each, as the server had it, so that its tables are made in the target too");
}

void require_steps(std::vector<std::pair<std::string, std::vector<storage::Migration>>> const& schemas, Dialect dialect) {
    for (auto const& [owner, steps] : schemas)
        for (auto const& step : steps)
            if ((dialect == Dialect::sqlite ? step.sqlite : step.postgresql).empty())
                refuse("plugin " + owner + " has no statements for " + (dialect == Dialect::sqlite ? "SQLite" : "PostgreSQL") + " in its migration " +
                       std::to_string(step.version) + ", so that its data cannot be moved there");
}

void refuse_used_database(storage::Storage& storage, std::string const& shown) {
    if (storage.dialect() != Dialect::postgresql) return;
    std::int64_t others = 0;
    storage.read([&](Tx& tx) {
        others = tx.value<std::int64_t>("select count(*) from pg_stat_activity where datname = current_database() and usename = current_user "
                                        "and application_name like 'partnerd%' and application_name <> :own",
                                        {arg("own", session_name())})
                     .value();
    });
    if (others != 0) refuse(shown + " is in use: " + std::to_string(others) + " sessions of partnerd are connected to it; stop every node first");
}

void refuse_uncounted_clicks(storage::Storage& source) {
    std::int64_t behind = 0;
    source.read([&](Tx& tx) {
        if (tx.dialect() != Dialect::sqlite || !has_table(tx, "rollup_mark")) return;
        behind = tx.value<std::int64_t>("select count(*) from click where id > coalesce((select id from rollup_mark where name = 'traffic'), 0)").value();
    });
    if (behind != 0) refuse(std::to_string(behind) + " clicks of the source are not in its roll-ups yet; start the server once and stop it with SIGTERM");
}

void require_same_tables(std::vector<storage::Table> const& source, std::vector<storage::Table> const& target) {
    for (auto const& table : source) {
        auto const found = std::find_if(target.begin(), target.end(), [&](auto const& other) { return other.name == table.name; });
        if (found == target.end()) refuse("the source has a table \"" + table.name + "\" that no migration makes; move it by hand, or drop it");
        if (found->columns != table.columns)
            refuse("table \"" + table.name + "\" has other columns in the source (" + columns_of(table) + ") than in the target (" + columns_of(*found) +
                   "): its migrations differ between the dialects, or it was changed by hand");
    }
    if (source.size() != target.size()) refuse("the target has tables that the source has not, though both have the same migrations");
}

}  // namespace partnerd::host
