#include "storage/postgresql_wire.hpp"

#include <poll.h>

#include <algorithm>

#include "storage/tx.hpp"

namespace partnerd::storage {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds slice{100};

void drop_notice(void*, PGresult const*) {}  // libpq writes them to the terminal otherwise

void require(bool goes_on) {
    if (!goes_on) throw Failure(Failure::Category::state, "the wait was given up");
}

}  // namespace

PostgresqlWire::PostgresqlWire(std::string const& conninfo, std::string shown, milliseconds patience, Meanwhile const& meanwhile)
    : shown_(std::move(shown)), connection_(PQconnectStart(conninfo.c_str()), &PQfinish) {
    if (connection_ == nullptr) throw Failure(Failure::Category::connection, "there is no memory for a session with " + shown_);
    PQsetNoticeReceiver(connection_.get(), &drop_notice, nullptr);
    connect(Steady::now() + patience, meanwhile);
}

void PostgresqlWire::fail(std::string const& what) const {
    std::string why = PQerrorMessage(connection_.get());
    while (!why.empty() && why.back() == '\n') why.pop_back();
    throw Failure(Failure::Category::connection, what + ' ' + shown_ + (why.empty() ? "" : ": " + why));
}

bool PostgresqlWire::wait(bool to_write, milliseconds at_most) const {
    pollfd descriptor{PQsocket(connection_.get()), static_cast<short>(to_write ? POLLOUT : POLLIN), 0};
    if (descriptor.fd < 0) fail("no session with");
    return ::poll(&descriptor, 1, static_cast<int>(std::max<std::int64_t>(at_most.count(), 0))) > 0;
}

void PostgresqlWire::connect(Steady::time_point until, Meanwhile const& meanwhile) {
    auto next = PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED || PQstatus(connection_.get()) == CONNECTION_BAD) fail("cannot connect to");
        if (Steady::now() > until) fail("no answer in time from");
        require(meanwhile());
        if (wait(next == PGRES_POLLING_WRITING, slice)) next = PQconnectPoll(connection_.get());
    }
}

void PostgresqlWire::await_answer(Steady::time_point until, Meanwhile const& meanwhile) {
    while (PQisBusy(connection_.get()) != 0) {
        if (Steady::now() > until) fail("no answer in time from");
        if (wait(false, slice) && PQconsumeInput(connection_.get()) == 0) fail("the session is lost with");
        require(meanwhile());
    }
}

std::string PostgresqlWire::ask(std::string const& sql, milliseconds patience, Meanwhile const& meanwhile) {
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) fail("the session is lost with");
    auto const until = Steady::now() + patience;
    std::string value, refusal;
    for (;;) {
        await_answer(until, meanwhile);
        std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQgetResult(connection_.get()), &PQclear);
        if (result == nullptr) break;
        auto const status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) refusal = PQresultErrorMessage(result.get());
        else if (int const rows = PQntuples(result.get()); rows > 0) value = PQgetvalue(result.get(), rows - 1, 0);
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail("the session is lost with");
    if (!refusal.empty()) throw Failure(Failure::Category::other, shown_ + ": " + refusal + " in: " + sql);
    return value;
}

void PostgresqlWire::listen(milliseconds at_most) {
    if (wait(false, at_most) && PQconsumeInput(connection_.get()) == 0) fail("the session is lost with");
}

std::optional<std::string> PostgresqlWire::next_text() {
    std::unique_ptr<PGnotify, decltype(&PQfreemem)> const notice(PQnotifies(connection_.get()), &PQfreemem);
    if (notice == nullptr) return std::nullopt;
    return std::string(notice->extra);
}

}  // namespace partnerd::storage
