#include "host/schema.hpp"

#include "auth/tables.hpp"
#include "events/tables.hpp"
#include "jobs/tables.hpp"
#include "ledger/tables.hpp"
#include "programs/tables.hpp"
#include "storage/schema.hpp"
#include "tracking/tables.hpp"

namespace partnerd::host {

std::vector<storage::Migration> core_migrations() {
    return {storage::make_migration(
        1, "core", {auth::auth_tables(), events::event_tables(), jobs::job_tables(), ledger::ledger_tables(), programs::program_tables(), tracking::tracking_tables()}),
            storage::make_migration(2, "clicks in weeks", {tracking::click_week_tables()})};
}

}  // namespace partnerd::host
