#include "programs/directory.hpp"

namespace partnerd::programs {

Directory::Row Directory::read_row(storage::Tx& tx, Program const& program) {
    Row row{program.handle, program.version, {}};
    for (auto const& [plugin, setting] : plugins_of(tx, program.id))
        if (setting.enabled) row.plugins.insert(plugin);
    return row;
}

// Several threads may: the hooks of PostgreSQL's writers, and who hears other servers.
void Directory::merge(std::map<Id, Row> const& rows) {
    auto current = snapshot();
    std::shared_ptr<Snapshot const> next;
    do {
        auto copy = std::make_shared<Snapshot>(*current);
        for (auto const& [id, row] : rows) {
            auto& known = copy->rows[id];
            if (known.version > row.version) continue;
            known = row;
            copy->by_handle[row.handle] = id;
        }
        next = std::move(copy);
    } while (!std::atomic_compare_exchange_strong(&snapshot_, &current, next));
}

void Directory::load(storage::Storage& storage) {
    std::map<Id, Row> rows;
    storage.read([&](storage::Tx& tx) {
        for (auto const id : program_ids(tx)) rows[id] = read_row(tx, *find_program(tx, id));
    });
    merge(rows);
}

void Directory::reload(storage::Storage& storage, Id id) {
    std::map<Id, Row> rows;
    storage.read([&](storage::Tx& tx) {
        if (auto const program = find_program(tx, id)) rows[id] = read_row(tx, *program);
    });
    merge(rows);
}

void Directory::changed(storage::Tx& tx, Id id) {
    auto const program = find_program(tx, id);
    if (!program) return;
    tx.after_commit([this, id, row = read_row(tx, *program)] { merge({{id, row}}); });
}

Id Directory::find(std::string_view handle_or_id) const {
    auto const current = snapshot();
    if (auto const found = current->by_handle.find(handle_or_id); found != current->by_handle.end()) return found->second;
    auto const id = parse_id("prg", handle_or_id);
    return id && current->rows.contains(*id) ? *id : 0;
}

bool Directory::has_plugin(Id program, std::string_view plugin) const {
    auto const current = snapshot();
    auto const found = current->rows.find(program);
    return found != current->rows.end() && found->second.plugins.contains(plugin);
}

std::string Directory::handle_of(Id program) const {
    auto const current = snapshot();
    auto const found = current->rows.find(program);
    return found == current->rows.end() ? std::string() : found->second.handle;
}

}  // namespace partnerd::programs
