#include "storage/postgresql_streams.hpp"

#include "storage/unit_run.hpp"

namespace partnerd::storage {
namespace {
constexpr std::chrono::milliseconds idle_wait{1000};
constexpr std::chrono::milliseconds pause_after_failure{50};
constexpr std::string_view no_partition = "23514";  // check_violation
}  // namespace

PostgresqlStreams::PostgresqlStreams(StorageSettings const& settings, PostgresqlOpening const& opening, UnitWatch& watch,
                                     WriterHealth& health)
    : settings_(settings), opening_(opening), health_(health), watched_(watch) {}

PostgresqlStreams::~PostgresqlStreams() {
    bell_.close();
    if (thread_.joinable()) thread_.join();
}

void PostgresqlStreams::add(Stream& stream) {
    streams_.push_back(&stream);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void PostgresqlStreams::run() {
    watched_.attach();
    while (write_pending() || !bell_.closed()) bell_.wait(idle_wait);
}

bool PostgresqlStreams::write_pending() {
    bool any = false;
    for (auto* stream : streams_) {
        if (!stream->pending()) continue;
        any = true;
        auto result = write(*stream);
        if (result.sqlstate == no_partition) result = write(*stream);  // it has learnt that one is missing, and makes it
        health_.count_batch();
        health_.set_trouble(result.state == UnitState::failed ? result.message : std::string());
        stream->done(result);
        if (result.state == UnitState::failed) std::this_thread::sleep_for(pause_after_failure);
    }
    return any;
}

void PostgresqlStreams::open() {
    if (health_.gave_up()) throw commit_given_up();
    if (connection_ != nullptr && connection_->connected()) return;
    connection_.reset();
    connection_ = std::make_unique<PostgresqlConnection>(opening_);
    connection_->tell_waits(health_);
}

UnitResult PostgresqlStreams::write(Stream& stream) {
    try {
        open();
    } catch (Failure const& failure) {
        connection_.reset();
        stream.give_up();
        return failed_result(failure);
    }
    try {
        UnitTx tx(*connection_);
        tx.open(Mode::write, std::chrono::milliseconds(settings_.write_budget_ms));
        watched_.begin();
        connection_->begin_with("BEGIN ISOLATION LEVEL READ COMMITTED");
        auto result = run_handler(tx, connection_->scope(), [&] { return stream.write(tx), true; });
        watched_.end();
        if (result.state != UnitState::committed) connection_->roll_back();
        else if (connection_->connected()) connection_->commit();
        else result = {UnitState::failed, Failure::Category::connection, "the session was lost", {}};
        return result;
    } catch (Failure const& failure) {
        watched_.end();
        connection_.reset();
        return failed_result(failure);
    }
}

}  // namespace partnerd::storage
