#include "programs/directory.hpp"

namespace partnerd::programs {

Directory::Row Directory::read_row(storage::Tx& tx, Id program, std::string handle) {
    Row row{std::move(handle), {}};
    for (auto const& [plugin, setting] : plugins_of(tx, program))
        if (setting.enabled) row.plugins.insert(plugin);
    return row;
}

void Directory::load(storage::Storage& storage) {
    auto next = std::make_shared<Snapshot>();
    storage.read([&](storage::Tx& tx) {
        for (auto id : program_ids(tx)) {
            auto const program = find_program(tx, id);
            next->rows[id] = read_row(tx, id, program->handle);
            next->by_handle[program->handle] = id;
        }
    });
    std::atomic_store(&snapshot_, std::shared_ptr<Snapshot const>(std::move(next)));
}

void Directory::changed(storage::Tx& tx, Id id) {
    auto const program = find_program(tx, id);
    if (!program) return;
    auto row = std::make_shared<Row>(read_row(tx, id, program->handle));
    // One storage thread runs the hooks of SQLite; on PostgreSQL several may, so the swap is a compare and exchange.
    tx.after_commit([this, id, row] {
        auto current = snapshot();
        std::shared_ptr<Snapshot const> next;
        do {
            auto copy = std::make_shared<Snapshot>(*current);
            copy->rows[id] = *row;
            copy->by_handle[row->handle] = id;
            next = std::move(copy);
        } while (!std::atomic_compare_exchange_strong(&snapshot_, &current, next));
    });
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
