#include "storage/postgresql_pipeline.hpp"

#include <poll.h>

#include <utility>

namespace partnerd::storage {
namespace {

struct Pointers {
    std::vector<char const*> values;
    std::vector<int> sizes, formats;
    explicit Pointers(PostgresqlCall const& call) {
        for (auto const& value : call.values) {
            values.push_back(value ? value->c_str() : nullptr);
            if (call.binary) sizes.push_back(value ? static_cast<int>(value->size()) : 0);
        }
        if (call.binary) formats.assign(values.size(), 1);
    }
    int count() const { return static_cast<int>(values.size()); }
};

bool send_prepared(PGconn* connection, PostgresqlCall const& call) {
    Pointers const pointers(call);
    return PQsendQueryPrepared(connection, call.name.c_str(), pointers.count(), pointers.values.data(), pointers.sizes.data(), pointers.formats.data(), 0) == 1;
}

bool send(PGconn* connection, PostgresqlCall const& call) {
    if (!call.name.empty()) return send_prepared(connection, call);
    return PQsendQueryParams(connection, call.sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
}

bool send_all(PGconn* connection, std::vector<PostgresqlCall> const& waiting, PostgresqlCall const& last) {
    for (auto const& call : waiting)
        if (!send(connection, call)) return false;
    return send(connection, last) && PQpipelineSync(connection) == 1;
}

// False when it was given up.
bool await_answer(PGconn* connection, PostgresqlPipeline::Meanwhile const& meanwhile) {
    constexpr int between_questions_ms = 100;
    // Of a session that is lost PQgetResult() says so at once.
    while (meanwhile && PQstatus(connection) == CONNECTION_OK && PQisBusy(connection) != 0) {
        pollfd socket{PQsocket(connection), POLLIN, 0};
        if (::poll(&socket, 1, between_questions_ms) > 0 && PQconsumeInput(connection) == 0) return true;
        if (!meanwhile()) return false;
    }
    return true;
}

// As PQexec() has it; null when the session was given up.
PostgresqlResult last_result(PGconn* connection, PostgresqlPipeline::Meanwhile const& meanwhile, bool& given_up) {
    PostgresqlResult last{nullptr, &PQclear};
    for (;;) {
        given_up = !await_answer(connection, meanwhile);
        if (given_up) return {nullptr, &PQclear};
        PostgresqlResult result(PQgetResult(connection), &PQclear);
        if (result == nullptr) return last;
        last = std::move(result);
    }
}

// The result of one statement, and the null behind it.
PostgresqlResult next_result(PGconn* connection) {
    PostgresqlResult result(PQgetResult(connection), &PQclear);
    if (result == nullptr) return result;
    while (PGresult* const more = PQgetResult(connection)) PQclear(more);
    return result;
}

bool succeeded(PGresult const* result) {
    auto const status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

}  // namespace

PostgresqlPipeline::Outcome PostgresqlPipeline::prepare(PGconn* connection, std::string const& name, std::string const& sql, Meanwhile const& meanwhile) {
    Outcome outcome;
    if (PQsendPrepare(connection, name.c_str(), sql.c_str(), 0, nullptr) == 1) outcome.last = last_result(connection, meanwhile, outcome.given_up);
    outcome.lost = outcome.given_up;
    return outcome;
}

PostgresqlPipeline::Outcome PostgresqlPipeline::run(PGconn* connection, PostgresqlCall const& last, Meanwhile const& meanwhile) {
    Outcome outcome;
    auto const sent = std::exchange(waiting_, {});
    if (sent.empty()) {
        bool const is_sent = last.name.empty() ? PQsendQuery(connection, last.sql.c_str()) == 1 : send_prepared(connection, last);
        if (is_sent) outcome.last = last_result(connection, meanwhile, outcome.given_up);
        outcome.lost = outcome.given_up;
        return outcome;
    }
    outcome.lost = PQenterPipelineMode(connection) == 0 || !send_all(connection, sent, last);
    for (std::size_t i = 0; i <= sent.size() && !outcome.lost; ++i) {
        outcome.given_up = !await_answer(connection, meanwhile);
        auto result = outcome.given_up ? PostgresqlResult(nullptr, &PQclear) : next_result(connection);
        outcome.lost = result == nullptr;
        if (outcome.lost || PQresultStatus(result.get()) == PGRES_PIPELINE_ABORTED) continue;
        if (i == sent.size()) {
            outcome.last = std::move(result);
        } else if (!succeeded(result.get())) {
            outcome.failed_sql = sent[i].sql;
            outcome.failed = std::move(result);
        }
    }
    if (!outcome.lost) PQclear(PQgetResult(connection));  // of the synchronisation
    outcome.lost = outcome.lost || PQstatus(connection) != CONNECTION_OK || PQexitPipelineMode(connection) == 0;
    return outcome;
}

}  // namespace partnerd::storage
