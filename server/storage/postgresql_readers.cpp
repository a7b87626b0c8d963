#include "storage/postgresql_readers.hpp"

#include "storage/unit_tx.hpp"

namespace partnerd::storage {
namespace {
// The second statement takes the snapshot.
constexpr std::string_view begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
}  // namespace

PostgresqlReaders::PostgresqlReaders(StorageSettings const& settings, PostgresqlOpening opening)
    : settings_(settings), opening_(std::move(opening)), may_open_(std::max(settings.readers, 1)) {
    idle_.push_back(std::make_unique<PostgresqlConnection>(opening_));  // what is wrong with the server shows now
    --may_open_;
}

// Null: a new session may be opened.
std::unique_ptr<PostgresqlConnection> PostgresqlReaders::take() {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, std::chrono::milliseconds(settings_.read_budget_ms), [this] { return !idle_.empty() || may_open_ > 0; }))
        throw Failure(Failure::Category::timeout, "no free session for reading; raise storage.readers");
    if (idle_.empty()) {
        --may_open_;
        return nullptr;
    }
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

void PostgresqlReaders::give_back(std::unique_ptr<PostgresqlConnection> connection) noexcept {
    {
        std::lock_guard lock(mutex_);
        if (connection != nullptr) idle_.push_back(std::move(connection));
        else ++may_open_;
    }
    freed_.notify_one();
}

std::unique_ptr<PostgresqlConnection> PostgresqlReaders::with_snapshot(std::unique_ptr<PostgresqlConnection> connection) const {
    if (connection != nullptr) {
        try {
            connection->command(begin);
            return connection;
        } catch (Failure const&) {
            connection.reset();  // lost while idle
        }
    }
    connection = std::make_unique<PostgresqlConnection>(opening_);
    connection->command(begin);
    return connection;
}

void PostgresqlReaders::read(std::function<void(Tx&)> const& work) {
    struct Lease {
        PostgresqlReaders& readers;
        std::unique_ptr<PostgresqlConnection> connection;
        ~Lease() {
            try {
                if (connection != nullptr) {
                    connection->give_back(0);
                    connection->command("ROLLBACK");
                }
            } catch (Failure const&) {
                connection.reset();
            }
            readers.give_back(std::move(connection));
        }
    } lease{*this, take()};
    lease.connection = with_snapshot(std::move(lease.connection));
    UnitTx tx(*lease.connection);
    lease.connection->begin_with({});
    tx.open(Mode::read, std::chrono::milliseconds(settings_.read_budget_ms));
    work(tx);
}

}  // namespace partnerd::storage
