// What must hold before data are moved: each throws storage::Failure with the way out.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "storage/catalog.hpp"
#include "storage/storage.hpp"
#include "storage/url.hpp"

namespace partnerd::host {

// Of --from or --to, named as `option` in the message.
storage::Url read_move_url(std::string_view option, std::string const& text);
void refuse_same_database(storage::Url const& from, storage::Url const& to);
// The same database with a session name of this process, by which it tells its own sessions from those of others.
std::string with_session_name(std::string const& url);

// The database has a file, where it needs one, and tables of partnerd.
void require_partnerd_database(storage::Url const& url, std::string const& text);
// Every owner of tables in it is one of `owners`: the core, or a plugin.
void require_owners(storage::Storage& source, std::vector<std::string> const& owners);
// Every step of a schema has statements for the dialect.
void require_steps(std::vector<std::pair<std::string, std::vector<storage::Migration>>> const& schemas, storage::Dialect dialect);
// PostgreSQL: no other session of a partnerd. SQLite has the lock file for that.
void refuse_used_database(storage::Storage& storage, std::string const& shown);
// Clicks that are in no roll-up yet would be lost to the reports.
void refuse_uncounted_clicks(storage::Storage& source);
// Both have the same tables with the same columns.
void require_same_tables(std::vector<storage::Table> const& source, std::vector<storage::Table> const& target);

}  // namespace partnerd::host
