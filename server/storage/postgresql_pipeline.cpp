#include "storage/postgresql_pipeline.hpp"

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

PGresult* run_alone(PGconn* connection, PostgresqlCall const& call) {
    if (call.name.empty()) return PQexec(connection, call.sql.c_str());
    Pointers const pointers(call);
    return PQexecPrepared(connection, call.name.c_str(), pointers.count(), pointers.values.data(), pointers.sizes.data(), pointers.formats.data(), 0);
}

bool send(PGconn* connection, PostgresqlCall const& call) {
    if (call.name.empty()) return PQsendQueryParams(connection, call.sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
    Pointers const pointers(call);
    return PQsendQueryPrepared(connection, call.name.c_str(), pointers.count(), pointers.values.data(), pointers.sizes.data(), pointers.formats.data(), 0) == 1;
}

bool send_all(PGconn* connection, std::vector<PostgresqlCall> const& waiting, PostgresqlCall const& last) {
    for (auto const& call : waiting)
        if (!send(connection, call)) return false;
    return send(connection, last) && PQpipelineSync(connection) == 1;
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

PostgresqlPipeline::Outcome PostgresqlPipeline::run(PGconn* connection, PostgresqlCall const& last) {
    Outcome outcome;
    auto const sent = std::exchange(waiting_, {});
    if (sent.empty()) {
        outcome.last.reset(run_alone(connection, last));
        return outcome;
    }
    outcome.lost = PQenterPipelineMode(connection) == 0 || !send_all(connection, sent, last);
    for (std::size_t i = 0; i <= sent.size() && !outcome.lost; ++i) {
        auto result = next_result(connection);
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
