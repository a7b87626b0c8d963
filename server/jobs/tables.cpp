#include "jobs/tables.hpp"

namespace partnerd::jobs {

storage::TableList const& job_tables() {
    static storage::TableList const tables = {
        "create table job (id text not null, next_due_us bigint not null, lease_until_us bigint not null, last_started_us bigint not null, "
        "last_error text not null, primary key (id)) {rowid}",
    };
    return tables;
}

}  // namespace partnerd::jobs
