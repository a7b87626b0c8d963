#include "events/tables.hpp"

namespace partnerd::events {

storage::TableList const& event_tables() {
    static storage::TableList const tables = {
        "create table outbox (id {id}, program bigint not null, type text not null, ordering_key text not null, json text not null, "
        "at_us bigint not null {key:id})",
        "create index outbox_key on outbox (ordering_key, id)",
        // One row for each listener that has not had the event yet; gone once it had.
        "create table outbox_delivery (listener text not null, event bigint not null, attempts bigint not null, next_at_us bigint not null, "
        "last_error text not null, primary key (listener, event)) {rowid}",
    };
    return tables;
}

}  // namespace partnerd::events
