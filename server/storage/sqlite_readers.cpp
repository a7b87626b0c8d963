#include "storage/sqlite_readers.hpp"

#include "storage/unit_tx.hpp"

namespace partnerd::storage {

// A connection for one read. It goes back to the idle ones only when nothing of the read is left on it.
class SqliteReaders::Lease {
  public:
    Lease(SqliteReaders& readers, SteadyClock::time_point until) : readers_(readers) {
        if (readers_.gate_ != nullptr && !readers_.gate_->enter(until))
            throw Failure(Failure::Category::timeout, "no snapshot: the write-ahead log is being started anew");
        try {
            take(until);
        } catch (...) {
            if (readers_.gate_ != nullptr) readers_.gate_->leave();
            throw;
        }
    }
    ~Lease() {
        bool const clean = connection_ != nullptr && finish();
        if (!clean) connection_.reset();
        {
            std::lock_guard lock(readers_.mutex_);
            if (clean) readers_.idle_.push_back(std::move(connection_));
            else ++readers_.may_open_;
        }
        readers_.freed_.notify_one();
        if (readers_.gate_ != nullptr) readers_.gate_->leave();
    }
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    SqliteConnection& connection() { return *connection_; }

  private:
    void take(SteadyClock::time_point until) {
        std::unique_lock lock(readers_.mutex_);
        if (!readers_.freed_.wait_until(lock, until, [this] { return !readers_.idle_.empty() || readers_.may_open_ > 0; }))
            throw Failure(Failure::Category::timeout, "no free connection for reading; raise storage.readers");
        if (!readers_.idle_.empty()) {
            connection_ = std::move(readers_.idle_.back());
            readers_.idle_.pop_back();
            return;
        }
        --readers_.may_open_;
        lock.unlock();
        try {
            connection_ = readers_.open();
        } catch (...) {
            lock.lock();
            ++readers_.may_open_;
            throw;
        }
    }
    bool finish() noexcept {
        connection_->give_back(0);
        connection_->scope().open(Mode::read, std::chrono::seconds(1));  // the end of a read is not interrupted
        try {
            if (connection_->in_transaction()) connection_->command("ROLLBACK");
        } catch (Failure const&) {
            return false;
        }
        return !connection_->in_transaction() && !connection_->busy();
    }

    SqliteReaders& readers_;
    std::unique_ptr<SqliteConnection> connection_;
};

SqliteReaders::SqliteReaders(StorageSettings const& settings, std::string path, ReaderGate* gate)
    : settings_(settings), path_(std::move(path)), gate_(gate), may_open_(std::max(settings.readers, 1)) {
    idle_.push_back(open());  // what is wrong with the file shows now
    --may_open_;
}

std::unique_ptr<SqliteConnection> SqliteReaders::open() const {
    return std::make_unique<SqliteConnection>(SqliteOpening{path_, settings_.vfs, Mode::read, 0, 0});
}

// BEGIN alone takes no snapshot; the first read does.
void SqliteReaders::snapshot(SqliteConnection& connection) {
    connection.command("BEGIN");
    connection.command("SELECT 1 FROM sqlite_schema LIMIT 1");
}

void SqliteReaders::read(std::function<void(Tx&)> const& work) {
    auto const budget = std::chrono::milliseconds(settings_.read_budget_ms);
    Lease lease(*this, SteadyClock::now() + budget);
    UnitTx tx(lease.connection());
    tx.open(Mode::read, budget);
    snapshot(lease.connection());
    work(tx);
}

}  // namespace partnerd::storage
